// Package shell writes commands that a user can paste into a shell.
package shell

import (
	"path/filepath"
	"runtime"
	"strings"
)

// Quote returns word as one argument. Plain words stay as they are.
func Quote(word string) string {
	if runtime.GOOS == "windows" {
		return `"` + word + `"` // no file name has a quote there
	}
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:"
	if strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// In returns a command that changes to dir first, unless dir is the working
// folder.
func In(dir, command string) string {
	if filepath.Clean(dir) == "." {
		return command
	}
	return "cd " + Quote(filepath.Clean(dir)) + " && " + command
}
