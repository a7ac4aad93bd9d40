// Package tests runs the whole shop as its own processes, as it runs in production.
package tests

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"testing"

	"example.com/app/platform/bus/embedded"
)

var (
	checkouts = flag.Int("checkouts", 60, "checkouts of TestChaos")
	figures   = flag.Bool("figures", false, "run TestFigures")
)

// natsVariable makes this program a NATS server with the folder and the port: one that can
// be killed.
const natsVariable = "SHOP_TESTS_NATS"

func TestMain(m *testing.M) {
	if dir := os.Getenv(natsVariable); dir != "" {
		os.Exit(serveNATS(dir, os.Getenv(natsVariable+"_PORT")))
	}
	os.Exit(m.Run())
}

func serveNATS(dir, port string) int {
	n, err := strconv.Atoi(port)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	server, err := embedded.Start(dir, n)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	if err := server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}
