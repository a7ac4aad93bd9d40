package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// healthcheck asks the server on this machine whether it lives: the image holds
// no other program that could.
func (p *program) healthcheck(ctx context.Context, args []string) error {
	if err := parse(flag.NewFlagSet("healthcheck", flag.ContinueOnError), args); err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(p.cfg.HTTPAddr)
	if err != nil {
		return fmt.Errorf("read HTTP_ADDR: %w", err)
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	url := "http://" + net.JoinHostPort(host, port) + "/healthz"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET /healthz: %s", response.Status)
	}
	return nil
}
