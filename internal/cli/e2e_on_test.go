//go:build e2e

package cli_test

const e2e = true // the slow tests run, too
