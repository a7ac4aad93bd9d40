package telemetry_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"example.com/app/platform/telemetry"
)

func TestSetupNeedsName(t *testing.T) {
	if _, err := telemetry.Setup(t.Context(), telemetry.Options{}); err == nil {
		t.Error("Setup() without a name = no error, want one")
	}
}

// TestExport has a collector on this machine read what is sent on shutdown.
func TestExport(t *testing.T) {
	var mu sync.Mutex
	var got []*collector.ExportTraceServiceRequest
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		request := new(collector.ExportTraceServiceRequest)
		if err == nil {
			err = proto.Unmarshal(body, request)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("the collector got %s, %v, want spans at /v1/traces", r.URL.Path, err)
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, request)
	}))
	defer server.Close()

	for _, endpoint := range []string{server.URL, server.URL + "/"} {
		tel, err := telemetry.Setup(t.Context(), telemetry.Options{Service: "order", Version: "1.2.3", Endpoint: endpoint})
		if err != nil {
			t.Fatal(err)
		}
		_, end := tel.Continue(t.Context(), "", "checkout deadline")
		end()
		if err := tel.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 2 {
		t.Fatalf("%d requests came to the collector, want 2", len(got))
	}
	for _, request := range got {
		spans := request.GetResourceSpans()[0]
		if name := spans.GetScopeSpans()[0].GetSpans()[0].GetName(); name != "checkout deadline" {
			t.Errorf("span is %q, want checkout deadline", name)
		}
		about := make(map[string]string)
		for _, attribute := range spans.GetResource().GetAttributes() {
			about[attribute.GetKey()] = attribute.GetValue().GetStringValue()
		}
		if about["service.name"] != "order" || about["service.version"] != "1.2.3" {
			t.Errorf("resource = %v, want order, 1.2.3", about)
		}
	}
}

// TestCollectorAway has a collector that takes nothing. The log says so once.
func TestCollectorAway(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer server.Close()
	var log strings.Builder
	tel, err := telemetry.Setup(t.Context(), telemetry.Options{
		Service: "order", Endpoint: server.URL, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	provider, ok := tel.Provider().(*sdktrace.TracerProvider)
	if !ok {
		t.Fatalf("Provider() is a %T", tel.Provider())
	}
	for range 2 {
		_, end := tel.Continue(t.Context(), "", "work")
		end()
		if err := provider.ForceFlush(t.Context()); err != nil {
			t.Errorf("ForceFlush() = error %v", err)
		}
	}
	if err := tel.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown() = error %v", err)
	}
	if n := strings.Count(log.String(), "traces are not exported"); n != 1 {
		t.Errorf("log = %s, want one line about traces, not %d", &log, n)
	}
}

func TestRatio(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tel := setup(t, telemetry.Options{Service: "order", Exporter: exporter, Ratio: 1e-9})
	const sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for _, parent := range []string{"", sampled} {
		ctx, end := tel.Continue(t.Context(), parent, "with parent "+parent)
		if telemetry.TraceID(ctx) == "" {
			t.Errorf("a span with parent %q has no trace", parent)
		}
		end()
	}
	spans := ended(t, tel, exporter)
	if len(spans) != 1 || spans["with parent "+sampled].Parent.TraceID().String() != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("exported %d spans, want only that whose parent is", len(spans))
	}
}

func TestContinue(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tel := setup(t, telemetry.Options{Service: "order", Exporter: exporter})
	if got := telemetry.Inject(t.Context()); got != "" {
		t.Errorf("Inject() = %q without a span, want none", got)
	}
	request, endRequest := tel.Continue(t.Context(), "", "request")
	parent := tel.Current(request)
	if parent == "" || !strings.Contains(parent, telemetry.TraceID(request)) {
		t.Errorf("Current() = %q, want the trace %s", parent, telemetry.TraceID(request))
	}
	sweep, endSweep := tel.Continue(t.Context(), "", "sweep")

	// Whoever finds the work is not its cause.
	work, endWork := tel.Continue(sweep, parent, "work")
	if got, want := telemetry.TraceID(work), telemetry.TraceID(request); got != want {
		t.Errorf("work has trace %s, want that of the request, %s", got, want)
	}
	lost, endLost := tel.Continue(sweep, "nonsense", "lost")
	if got := telemetry.TraceID(lost); got == "" || got == telemetry.TraceID(sweep) {
		t.Errorf("work with a bad parent has trace %q, want one of its own", got)
	}
	for _, end := range []func(){endLost, endWork, endSweep, endRequest} {
		end()
	}
	spans := ended(t, tel, exporter)
	if parent := spans["work"].Parent.SpanID(); parent != spans["request"].SpanContext.SpanID() || !spans["work"].Parent.IsRemote() {
		t.Errorf("the parent of work is %s, want the request", parent)
	}
}

func TestLogHandler(t *testing.T) {
	tel := setup(t, telemetry.Options{Service: "order"})
	var log strings.Builder
	logger := slog.New(telemetry.LogHandler(slog.NewTextHandler(&log, nil))).With(slog.String("service", "order"))
	ctx, end := tel.Continue(t.Context(), "", "work")
	defer end()
	logger.InfoContext(ctx, "within")
	logger.WithGroup("g").InfoContext(ctx, "within a group")
	logger.Info("outside")

	id := trace.SpanContextFromContext(ctx)
	attrs := "trace_id=" + id.TraceID().String() + " "
	lines := strings.Split(log.String(), "\n")
	if !strings.Contains(lines[0], " service=order "+attrs) || !strings.Contains(lines[0], "span_id="+id.SpanID().String()) {
		t.Errorf("line = %s, want %s", lines[0], attrs)
	}
	if !strings.Contains(lines[1], attrs) {
		t.Errorf("line = %s, want %s", lines[1], attrs)
	}
	if strings.Contains(lines[2], "trace_id") {
		t.Errorf("line = %s, want no trace", lines[2])
	}
}

func setup(t *testing.T, o telemetry.Options) *telemetry.Telemetry {
	t.Helper()
	tel, err := telemetry.Setup(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tel.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return tel
}

// ended returns the spans that have ended so far, by name.
func ended(t *testing.T, tel *telemetry.Telemetry, exporter *tracetest.InMemoryExporter) map[string]tracetest.SpanStub {
	t.Helper()
	provider, ok := tel.Provider().(*sdktrace.TracerProvider)
	if !ok {
		t.Fatalf("Provider() is a %T", tel.Provider())
	}
	if err := provider.ForceFlush(t.Context()); err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]tracetest.SpanStub)
	for _, span := range exporter.GetSpans() {
		byName[span.Name] = span
	}
	return byName
}
