// Package gateway is the shop's one public origin. It finds out who is asking, once, and
// hands each request to the service whose it is.
package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/swaggest/swgui/v5emb"

	"example.com/app/internal/auth"
	"example.com/app/internal/limit"
	"example.com/app/internal/problem"
	"example.com/app/platform/telemetry"
)

// Options is what New needs. All fields but TrustedProxies are required.
type Options struct {
	User, Product, Order *Upstream
	// Access verifies access tokens.
	Access interface {
		Verify(token string) (auth.Actor, error)
	}
	// Gate signs what a service is told of who is asking.
	Gate interface {
		Sign(actor auth.Actor, service string) (string, error)
	}
	Limits   Limits
	Specs    [][]byte // the OpenAPI documents, the gateway's own among them
	Stopping func() bool
	Logger   *slog.Logger
	// Observed is told of each request and its answer. The route is its pattern, and
	// empty where no route has it.
	Observed func(method, route string, status int, took time.Duration)
	// NameSpan names the span of a request that a route has.
	NameSpan func(ctx context.Context, method, route string)
	// TrustedProxies are believed when they say in X-Forwarded-For who the client is.
	// Nobody else is.
	TrustedProxies []netip.Prefix
}

// Limits is how often clients may ask.
type Limits struct {
	Store   limit.Store
	IP      limit.Policy // for each address
	Account limit.Policy // for each account
	LogIn   limit.Policy // for each address that registers or logs in
	// Observed is told of each decision.
	Observed func(policy string, allowed bool)
}

// gateway holds what the handlers need.
type gateway struct{ Options }

// New returns the handler of all requests.
func New(o Options) (http.Handler, error) {
	spec, err := mergeSpecs(o.Specs)
	if err != nil {
		return nil, err
	}
	g := &gateway{o}
	mux := http.NewServeMux()
	g.routes(mux, spec)
	return g.observe(mux, withoutIdentity(g.recovered(mux))), nil
}

// routes is every route. What stands behind a prefix is the service's own affair, whose
// routes say more.
func (g *gateway) routes(mux *http.ServeMux, spec []byte) {
	user, product, order := g.to(g.User), g.to(g.Product), g.to(g.Order)

	// Nobody is known there yet, or any more: an access token that has expired must not
	// keep its owner from getting another.
	sessions := g.limited(g.Limits.IP, g.User.Proxy(g.failed))
	logIn := g.limited(g.Limits.LogIn, sessions)
	mux.Handle("POST /v1/auth/register", logIn)
	mux.Handle("POST /v1/auth/login", logIn)
	mux.Handle("/v1/auth/", sessions)
	mux.Handle("/v1/me", user)
	mux.Handle("/v1/users", user)
	mux.Handle("/v1/users/", user)
	mux.Handle("/v1/products", product)
	mux.Handle("/v1/products/", product)
	mux.Handle("/v1/orders", order)
	mux.Handle("/v1/orders/", order)
	mux.Handle("GET /v1/orders/{id}/details", g.identified(g.orderDetails))
	mux.Handle("POST /webhooks/payments", g.limited(g.Limits.IP, g.Order.Proxy(g.failed))) // the provider's signature says who it is

	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, statusBody{"ok"}) })
	mux.HandleFunc("GET /readyz", g.ready)
	mux.HandleFunc("GET /openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(spec) // fails when nobody reads it any more
	})
	docs := v5emb.New("Shop API", "/openapi.yaml", "/docs/")
	mux.Handle("GET /docs", docs)
	mux.Handle("GET /docs/", docs)
}

// to hands requests of whoever they may be to a service.
func (g *gateway) to(u *Upstream) http.Handler {
	proxy := u.Proxy(g.failed)
	return g.identified(func(w http.ResponseWriter, r *http.Request, by auth.Actor) {
		if err := g.introduce(r.Header, by, u); err != nil {
			g.failed(w, r, err)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

type statusBody struct {
	Status string `json:"status"`
}

// ready says whether requests can be served just now. A service that is away is no reason
// to take the others away, too.
func (g *gateway) ready(w http.ResponseWriter, r *http.Request) {
	if g.Stopping() {
		g.failed(w, r, errStopping)
		return
	}
	writeJSON(w, http.StatusOK, statusBody{"ready"})
}

// observe counts each request, and writes the line that each gets, even if its answer breaks
// off: then next panics.
func (g *gateway) observe(mux *http.ServeMux, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, route := mux.Handler(r)
		if id := telemetry.TraceID(r.Context()); id != "" {
			w.Header().Set("Trace-Id", id)
		}
		start := time.Now()
		recorder := &recorder{ResponseWriter: w, status: http.StatusOK}
		whole := false
		defer func() {
			status := recorder.status
			if !whole {
				status = brokenStatus(r)
			}
			g.finish(r, routePath(route), status, time.Since(start))
		}()
		next.ServeHTTP(recorder, r)
		whole = true
	})
}

// finish counts a request and writes its line.
func (g *gateway) finish(r *http.Request, route string, status int, took time.Duration) {
	g.Observed(r.Method, route, status, took)
	if route != "" {
		g.NameSpan(r.Context(), r.Method, route)
	}
	level := slog.LevelInfo
	if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
		level = slog.LevelDebug // asked every few seconds
	}
	g.Logger.LogAttrs(r.Context(), level, "request",
		slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("route", route),
		slog.Int("status", status), slog.Duration("duration", took), slog.String("client_ip", g.clientIP(r)))
}

// recovered makes a failure of a panic, and of what no route has.
func (g *gateway) recovered(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch value := recover(); value {
			case nil:
			case http.ErrAbortHandler: // net/http knows it, and hangs up
				panic(value)
			default:
				g.failed(w, r, &panicError{value: value, stack: debug.Stack()})
			}
		}()
		if handler, route := mux.Handler(r); route == "" {
			g.unrouted(w, r, handler)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// unrouted answers what the mux would, as a problem document.
func (g *gateway) unrouted(w http.ResponseWriter, r *http.Request, muxAnswer http.Handler) {
	probe := &recorder{ResponseWriter: discard{header: make(http.Header)}, status: http.StatusOK}
	muxAnswer.ServeHTTP(probe, r)
	switch probe.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", probe.Header().Get("Allow"))
		g.failed(w, r, problem.ErrNoMethod)
	default:
		g.failed(w, r, problem.ErrNoRoute)
	}
}
