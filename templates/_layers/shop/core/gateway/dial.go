package gateway

import (
	"context"
	"math/rand/v2"
	"net"
)

// dialer connects to one of the addresses that a name has, by chance. Package net always
// begins with the same one, so that of replicas which share a name only one would get
// requests.
type dialer struct {
	lookup func(ctx context.Context, host string) (addresses []string, err error)
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
}

// dialContext tries one address after the other until one answers.
func (d dialer) dialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := d.lookup(ctx, host)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	//nolint:gosec // it is no secret
	rand.Shuffle(len(addresses), func(i, j int) { addresses[i], addresses[j] = addresses[j], addresses[i] })
	for _, a := range addresses {
		var conn net.Conn
		if conn, err = d.dial(ctx, network, net.JoinHostPort(a, port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}
