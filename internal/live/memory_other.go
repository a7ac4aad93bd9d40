//go:build !linux

package live

func memoryDir() string { return "" }
