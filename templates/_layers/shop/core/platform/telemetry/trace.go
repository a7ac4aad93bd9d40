package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// traceParent is the header, and the attribute of events, that carries a trace from one
// program to the next: https://www.w3.org/TR/trace-context/#traceparent-header
const traceParent = "traceparent"

// Inject returns the span of ctx as a traceparent, or "" where there is none.
func Inject(ctx context.Context) string {
	carrier := make(propagation.MapCarrier)
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[traceParent]
}

// Extract returns a context in which new spans are children of the traceparent's. One that
// cannot be read leaves them without a parent.
func Extract(ctx context.Context, parent string) context.Context {
	ctx = trace.ContextWithSpan(ctx, nil)
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{traceParent: parent})
}

// Current is Inject, for who is handed a Telemetry.
func (*Telemetry) Current(ctx context.Context) string { return Inject(ctx) }

// Continue begins a span whose parent is a traceparent; end ends it. It is for work that
// a request asked for and that is done when the request is long over.
func (t *Telemetry) Continue(ctx context.Context, parent, span string) (spanCtx context.Context, end func()) {
	spanCtx, begun := t.provider.Tracer(scope).Start(Extract(ctx, parent), span)
	return spanCtx, func() { begun.End() }
}

// scope says who made a span that no library did.
const scope = "telemetry"

// TraceID returns the id of the trace that ctx belongs to, or "".
func TraceID(ctx context.Context) string {
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		return span.TraceID().String()
	}
	return ""
}
