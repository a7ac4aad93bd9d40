package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"example.com/app/platform/telemetry"
)

// TestHTTP sends a request through a gateway to a service, and looks at the trace.
func TestHTTP(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tel := setup(t, telemetry.Options{Service: "test", Exporter: exporter})

	service := httptest.NewServer(tel.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		tel.NameSpan(r.Context(), r.Method, "/v1/orders/:id")
	})))
	defer service.Close()
	client := &http.Client{Transport: tel.Transport(http.DefaultTransport)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/", func(_ http.ResponseWriter, r *http.Request) {
		get(t, client, r, service.URL+"/v1/orders/7")
		get(t, http.DefaultClient, r, service.URL+"/healthz")
	})
	gateway := httptest.NewServer(tel.PublicHandler(mux))
	defer gateway.Close()

	request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	request.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	get(t, http.DefaultClient, request, gateway.URL+"/v1/orders/7")

	spans := ended(t, tel, exporter)
	root, call, served := spans["GET /v1/"], spans["GET 127.0.0.1"], spans["GET /v1/orders/:id"]
	if len(spans) != 3 || root.SpanKind != trace.SpanKindServer || call.SpanKind != trace.SpanKindClient || served.SpanKind != trace.SpanKindServer {
		t.Fatalf("spans = %+v, want those of gateway, call and service", spans)
	}
	if root.Parent.IsValid() || root.SpanContext.TraceID().String() == "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("the gateway's span is part of the client's trace, want a root")
	}
	if call.Parent.SpanID() != root.SpanContext.SpanID() || served.Parent.SpanID() != call.SpanContext.SpanID() {
		t.Errorf("parents are %s and %s, want %s and %s", call.Parent.SpanID(), served.Parent.SpanID(), root.SpanContext.SpanID(), call.SpanContext.SpanID())
	}
	attributes := attribute.NewSet(served.Attributes...)
	if route, _ := attributes.Value("http.route"); route.AsString() != "/v1/orders/:id" {
		t.Errorf("http.route = %q, want /v1/orders/:id", route.AsString())
	}
}

// get sends a request to the URL on behalf of another, with its trace header.
func get(t *testing.T, client *http.Client, behalf *http.Request, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(behalf.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Error(err)
		return
	}
	if client == http.DefaultClient {
		request.Header.Set("traceparent", behalf.Header.Get("traceparent"))
	}
	response, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return
	}
	response.Body.Close()
}
