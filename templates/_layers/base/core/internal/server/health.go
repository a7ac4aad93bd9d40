package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// CheckHealth asks the program that listens at addr on this machine whether it lives:
// the image holds no other program that could ask. Errors name the setting that addr
// comes from.
func CheckHealth(ctx context.Context, setting, addr string) error {
	if addr == "" {
		return fmt.Errorf("check health: %s is not set", setting)
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("read %s: %w", setting, err)
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", http.NoBody)
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
