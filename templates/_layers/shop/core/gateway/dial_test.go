package gateway

import (
	"context"
	"errors"
	"net"
	"testing"
)

// TestDial has a name with three addresses, of which one answers nobody.
func TestDial(t *testing.T) {
	t.Parallel()
	errRefused := errors.New("refused")
	dialed := make(map[string]int)
	d := dialer{
		lookup: func(_ context.Context, host string) ([]string, error) {
			if host != "order" {
				t.Errorf("lookup(%q), want order", host)
			}
			return []string{"10.0.0.1", "10.0.0.2", "fd00::3"}, nil
		},
		dial: func(_ context.Context, network, address string) (net.Conn, error) {
			if network != "tcp" {
				t.Errorf("dial(%q), want tcp", network)
			}
			if address == "10.0.0.2:8080" {
				return nil, errRefused
			}
			dialed[address]++
			return nil, nil
		},
	}
	const times = 1000
	for range times {
		if _, err := d.dialContext(t.Context(), "tcp", "order:8080"); err != nil {
			t.Fatalf("dialContext() = %v, want another address", err)
		}
	}
	for _, address := range []string{"10.0.0.1:8080", "[fd00::3]:8080"} {
		if n := dialed[address]; n < times/3 || n > 2*times/3 {
			t.Errorf("%s was dialed %d times of %d, want about half", address, n, times)
		}
	}
}

func TestDialFails(t *testing.T) {
	t.Parallel()
	errLost := errors.New("lost")
	for name, d := range map[string]dialer{
		"no such name": {lookup: func(context.Context, string) ([]string, error) { return nil, errLost }},
		"nobody answers": {
			lookup: func(context.Context, string) ([]string, error) { return []string{"10.0.0.1", "10.0.0.2"}, nil },
			dial: func(_ context.Context, network, _ string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: network, Err: errLost}
			},
		},
	} {
		_, err := d.dialContext(t.Context(), "tcp", "order:8080")
		if !errors.Is(err, errLost) || !untouched(err) {
			t.Errorf("%s: dialContext() = %v, want one that says that nothing was sent", name, err)
		}
	}
	if _, err := (dialer{}).dialContext(t.Context(), "tcp", "order"); err == nil {
		t.Error("dialContext(no port) = nil, want an error")
	}
}
