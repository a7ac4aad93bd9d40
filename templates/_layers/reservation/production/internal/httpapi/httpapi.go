// Package httpapi serves the API over HTTP. It translates: requests into calls
// of the services, their results into JSON, their errors into problem documents.
// It decides nothing, and is the only package that knows the framework.
package httpapi

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// Options is what New needs. All fields but TrustedProxies, Limits and Observed
// are required.
type Options struct {
	Users        *user.Service
	Reservations *reservation.Service
	Keys         reservation.Keys
	// Ready returns nil when requests can be served. Everybody can read its error
	// at /readyz: it names what is missing, and no address, user or password.
	Ready  func(context.Context) error
	Logger *slog.Logger
	// TrustedProxies are believed when they say in X-Forwarded-For who the client
	// is. Nobody else is.
	TrustedProxies []netip.Prefix
	Limits         Limits
	// Observed is told of each request and its answer. The route is its pattern, and
	// empty where no route has the path.
	Observed func(method, route string, status int, took time.Duration)
}
