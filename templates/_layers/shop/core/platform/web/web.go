// Package web is the HTTP side that all services share: who is asking, problem documents,
// the log, health. It is the only package, beside those named httpapi, that knows the
// framework.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/internal/problem"
	"example.com/app/platform/identity"
)

// Options is what New needs. All fields are required.
type Options struct {
	// Identity checks what a request says about who is asking.
	Identity interface {
		Verify(passport string) (auth.Actor, error)
	}
	Outcomes []problem.Outcome // errors of the service that a client is told about
	Spec     []byte            // the OpenAPI document
	// Ready returns nil when requests can be served. Everybody can read its error at
	// /readyz.
	Ready  func(context.Context) error
	Logger *slog.Logger
	// Observed is told of each request and its answer. The route is its pattern, and
	// empty where no route has it.
	Observed func(method, route string, status int, took time.Duration)
	// NameSpan names the span of a request that a route has.
	NameSpan func(ctx context.Context, method, route string)
}

// site is what the middleware works with.
type site struct {
	Options
	outcomes []problem.Outcome
}

func newSite(o Options) *site {
	return &site{Options: o, outcomes: append(o.Outcomes, problem.Common()...)}
}

// exchange is how a request was answered.
type exchange struct {
	route  string // the pattern of the path; empty where no route has it
	status int
	took   time.Duration
	actor  auth.Actor // who asked, as far as it is known
}

// finish counts a request and writes the line that each gets. It leaves the query string
// out: people search by name and e-mail address.
func (s *site) finish(r *http.Request, e exchange) {
	s.Observed(r.Method, e.route, e.status, e.took)
	if e.route != "" {
		s.NameSpan(r.Context(), r.Method, e.route)
	}
	level := slog.LevelInfo
	if path := r.URL.Path; path == "/healthz" || path == "/readyz" {
		level = slog.LevelDebug // asked every few seconds
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.String("route", e.route),
		slog.Int("status", e.status),
		slog.Duration("duration", e.took),
	}
	if e.actor != (auth.Actor{}) {
		attrs = append(attrs, slog.String("user_id", e.actor.ID.String()))
	}
	s.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}

// identify returns who is asking. Whoever shows no passport is a guest; one that is shown
// must be good.
func (s *site) identify(r *http.Request) (auth.Actor, error) {
	passport := r.Header.Get(identity.Header)
	if passport == "" {
		return auth.Actor{}, nil
	}
	return s.Identity.Verify(passport)
}

type statusBody struct {
	Status string `json:"status"`
}

type listBody[T any] struct {
	Items    []T `json:"items"`
	Total    int `json:"total"`
	Page     int `json:"page"`
	PageSize int `json:"page_size"`
}

func newListBody[T, B any](list page.List[T], r page.Request, body func(T) B) listBody[B] {
	items := make([]B, len(list.Items))
	for i, item := range list.Items {
		items[i] = body(item)
	}
	return listBody[B]{Items: items, Total: list.Total, Page: r.Number, PageSize: r.Size}
}
