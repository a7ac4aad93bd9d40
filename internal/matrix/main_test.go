//go:build e2e

package matrix_test

import (
	"fmt"
	"os"
	"testing"
)

// TestMain has Go leave out where a project lies, so that what is the same in several of
// them is compiled once: otherwise each would compile all of it, in every run anew.
func TestMain(m *testing.M) {
	if err := os.Setenv("GOFLAGS", os.Getenv("GOFLAGS")+" -trimpath"); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
