//go:build e2e

package matrix_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
)

// TestMain prepares two things:
//   - Go leaves out where a project lies, so that what is the same in several of them is
//     compiled once. Otherwise each would compile all of it, in every run anew.
//   - One combination more than there are processors is tested at a time, because each waits
//     for its servers for a part of its time.
func TestMain(m *testing.M) {
	err := errors.Join(
		os.Setenv("GOFLAGS", os.Getenv("GOFLAGS")+" -trimpath"),
		flag.Set("test.parallel", strconv.Itoa(runtime.GOMAXPROCS(0)+1)),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
