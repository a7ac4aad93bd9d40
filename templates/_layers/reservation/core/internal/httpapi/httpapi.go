// Package httpapi serves the API over HTTP. It translates: requests into calls
// of the services, their results into JSON, their errors into problem documents.
// It decides nothing, and is the only package that knows the framework.
package httpapi

import (
	"context"
	"log/slog"
	"net/netip"

	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// Options is what New needs. A field is required unless its comment says otherwise.
type Options struct {
	Users        *user.Service
	Reservations *reservation.Service
	// Ready returns nil when requests can be served. Every client can read its error
	// at /readyz: it names what is missing, and no address, user or password.
	Ready  func(context.Context) error
	Logger *slog.Logger
	// TrustedProxies are the only peers whose X-Forwarded-For is believed. It may be
	// empty.
	TrustedProxies []netip.Prefix
}
