//go:build !e2e

package cli_test

const e2e = false
