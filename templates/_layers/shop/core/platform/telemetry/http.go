package telemetry

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Handler returns a handler that makes a span of each request. The span belongs to the
// caller's trace: this is for services that only the gateway reaches. Health checks make
// no spans.
func (t *Telemetry) Handler(next http.Handler) http.Handler {
	return t.handler(next, false)
}

// PublicHandler is Handler for whom everybody can reach. Each request begins a trace of
// its own, as a client must neither choose which traces are kept nor write into others.
func (t *Telemetry) PublicHandler(next http.Handler) http.Handler {
	return t.handler(next, true)
}

func (t *Telemetry) handler(next http.Handler, public bool) http.Handler {
	return otelhttp.NewHandler(next, "", t.with(
		otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return public }),
		otelhttp.WithFilter(notHealth),
		otelhttp.WithSpanNameFormatter(serverSpan),
	)...)
}

// Transport returns a transport that makes a span of each request, and sends it along.
func (t *Telemetry) Transport(base http.RoundTripper) http.RoundTripper {
	return otelhttp.NewTransport(base, t.with(
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + r.URL.Hostname() }),
	)...)
}

// with leaves no option to a global. What requests cost is counted elsewhere.
func (t *Telemetry) with(more ...otelhttp.Option) []otelhttp.Option {
	return append([]otelhttp.Option{
		otelhttp.WithTracerProvider(t.provider),
		otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithMeterProvider(noop.NewMeterProvider()),
	}, more...)
}

func notHealth(r *http.Request) bool {
	return r.URL.Path != "/healthz" && r.URL.Path != "/readyz"
}

// serverSpan names a request before it has met the routes, and after it met those of a
// http.ServeMux, whose patterns may begin with the method.
func serverSpan(_ string, r *http.Request) string {
	if r.Pattern == "" {
		return r.Method
	}
	return r.Method + " " + strings.TrimPrefix(r.Pattern, r.Method+" ")
}

// NameSpan names the span of the request that ctx belongs to by its route, such as
// /v1/orders/:id. Frameworks with a router of their own call it; http.ServeMux need not.
func (*Telemetry) NameSpan(ctx context.Context, method, route string) {
	span := trace.SpanFromContext(ctx)
	span.SetName(method + " " + route)
	span.SetAttributes(semconv.HTTPRoute(route))
}
