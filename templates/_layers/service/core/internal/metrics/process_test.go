package metrics_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"example.com/app/internal/metrics"
)

func TestProcess(t *testing.T) {
	p := metrics.NewProcess("abc123")
	p.Request(http.MethodGet, "/v1/books/:id", 200, 42*time.Millisecond)
	p.Request("BREW", "", 404, time.Millisecond)
	cups := prometheus.NewCounter(prometheus.CounterOpts{Name: "cups_total", Help: "Cups of tea."})
	cups.Add(2)
	p.Register(cups)
	got := scrape(t, p)
	tests := []struct {
		name string
		line string
	}{
		{"a request within its bucket", `http_request_duration_seconds_bucket{method="GET",route="/v1/books/:id",status="200",le="0.05"} 1`},
		{"a request beyond smaller buckets", `http_request_duration_seconds_bucket{method="GET",route="/v1/books/:id",status="200",le="0.04"} 0`},
		{"a method and a path nobody knows", `http_request_duration_seconds_count{method="other",route="unmatched",status="404"} 1`},
		{"nothing in flight", `http_requests_in_flight 0`},
		{"what was added", `cups_total 2`},
		{"the build", `version="abc123"} 1`},
		{"the runtime", "\ngo_goroutines "},
		{"the process", "\nprocess_open_fds "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(got, test.line) {
				t.Errorf("export lacks %s", test.line)
			}
		})
	}
	if t.Failed() {
		t.Log(got)
	}
	wantGoodNames(t, got)
}

// wantGoodNames holds names and helps to what Prometheus's users are used to.
func wantGoodNames(t *testing.T, export string) {
	t.Helper()
	problems, err := promlint.New(strings.NewReader(export)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Errorf("%s: %s", problem.Metric, problem.Text)
	}
}

func TestInFlight(t *testing.T) {
	p := metrics.NewProcess("")
	handler := p.InFlight(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if got := scrape(t, p); !strings.Contains(got, "http_requests_in_flight 1") {
			t.Errorf("export lacks the request in flight:\n%s", got)
		}
	}))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if got := scrape(t, p); !strings.Contains(got, "http_requests_in_flight 0") {
		t.Errorf("export has a request in flight:\n%s", got)
	}
}

func TestAdminHandler(t *testing.T) {
	handler := metrics.NewProcess("").AdminHandler()
	tests := []struct {
		method, path string
		status       int
		body         string
	}{
		{http.MethodGet, "/metrics", http.StatusOK, "go_goroutines"},
		{http.MethodGet, "/healthz", http.StatusOK, ""},
		{http.MethodHead, "/healthz", http.StatusOK, ""},
		{http.MethodGet, "/debug/pprof/", http.StatusOK, "goroutine"},
		{http.MethodGet, "/debug/pprof/goroutine?debug=1", http.StatusOK, "goroutine profile"},
		{http.MethodGet, "/debug/pprof/cmdline", http.StatusOK, ""},
		{http.MethodPost, "/metrics", http.StatusMethodNotAllowed, ""},
		{http.MethodGet, "/", http.StatusNotFound, ""},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, httptest.NewRequest(test.method, test.path, nil))
			if answer.Code != test.status || !strings.Contains(answer.Body.String(), test.body) {
				t.Errorf("answer = %d %s, want %d with %q", answer.Code, answer.Body, test.status, test.body)
			}
		})
	}
}

func scrape(t *testing.T, p *metrics.Process) string {
	t.Helper()
	answer := httptest.NewRecorder()
	p.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.Code != http.StatusOK {
		t.Fatalf("scrape = %d %s, %v, want 200", answer.Code, body, err)
	}
	return string(body)
}
