// Package telemetry makes the spans of a program and brings them to where traces are
// looked at. It uses none of OpenTelemetry's globals: who makes spans is handed the
// provider, so that one process can hold several services.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Options says whose spans these are, and where they go.
type Options struct {
	Service string // its name; required
	Version string
	// Endpoint takes spans by OTLP over HTTP, such as http://jaeger:4318. Without it they
	// stay in the process, and still give log lines the id of their trace.
	Endpoint string
	// Ratio is the part of the traces that is exported, 0.1 for one of ten; 0: all of
	// them. A trace that another service has begun is exported if it said so.
	Ratio float64
	// Exporter takes spans in place of Endpoint.
	Exporter sdktrace.SpanExporter
	// Logger is told when spans cannot be exported; nil: nobody is.
	Logger *slog.Logger
}

// Telemetry makes spans. All of its methods may be called at the same time.
type Telemetry struct {
	provider *sdktrace.TracerProvider
}

// Setup returns what makes the spans of a service. It does not wait for the endpoint:
// spans that cannot be delivered are dropped after a while, and hold up nothing.
// Shutdown must be called in the end.
func Setup(ctx context.Context, o Options) (*Telemetry, error) {
	if o.Service == "" {
		return nil, errors.New("set up telemetry: the service has no name")
	}
	sampled := sdktrace.AlwaysSample()
	if o.Ratio > 0 {
		sampled = sdktrace.TraceIDRatioBased(o.Ratio)
	}
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithSampler(sdktrace.ParentBased(sampled)),
		sdktrace.WithResource(resource.NewWithAttributes(semconv.SchemaURL,
			semconv.ServiceName(o.Service), semconv.ServiceVersion(o.Version))),
	}
	exporter := o.Exporter
	if exporter == nil && o.Endpoint != "" {
		var err error
		exporter, err = otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimRight(o.Endpoint, "/")+"/v1/traces"))
		if err != nil {
			return nil, fmt.Errorf("set up telemetry: %w", err)
		}
	}
	if exporter != nil {
		options = append(options, sdktrace.WithBatcher(&reporting{SpanExporter: exporter, logger: o.Logger}))
	}
	return &Telemetry{provider: sdktrace.NewTracerProvider(options...)}, nil
}

// Provider returns what libraries make spans with.
func (t *Telemetry) Provider() trace.TracerProvider { return t.provider }

// Shutdown exports what has not been yet, and ends all work.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("shut down telemetry: %w", err)
	}
	return nil
}

// reporting logs that spans are lost, which the SDK would tell a global.
type reporting struct {
	sdktrace.SpanExporter
	logger *slog.Logger
	failed bool // spans are exported by one call at a time
}

// ExportSpans implements sdktrace.SpanExporter.
func (r *reporting) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := r.SpanExporter.ExportSpans(ctx, spans)
	if err != nil && !r.failed && r.logger != nil {
		r.logger.WarnContext(ctx, "traces are not exported", slog.Any("error", err))
	}
	r.failed = err != nil
	return nil
}
