package edge_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/swaggest/swgui/v5emb"

	"example.com/app/internal/edge"
	"example.com/app/internal/logging"
)

// answer sends a request through the edge to a handler that answers 200.
func answer(t *testing.T, o edge.Options, r *http.Request) http.Header {
	t.Helper()
	w := httptest.NewRecorder()
	edge.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), o).ServeHTTP(w, r)
	return w.Header()
}

func request(method, path string, header ...string) *http.Request {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestRequestID(t *testing.T) {
	tests := []struct {
		name string
		sent string
		keep bool
	}{
		{"none", "", false},
		{"one of a client", "Web.checkout_7-a", true},
		{"one character", "x", true},
		{"64 characters", strings.Repeat("x", 64), true},
		{"65 characters", strings.Repeat("x", 65), false},
		{"a second header", "x\r\nSet-Cookie: a=b", false},
		{"a second line in the log", "x\nlevel=ERROR", false},
		{"a space", "x y", false},
		{"a quote", `x"y`, false},
		{"another script", "naïve", false},
		{"a zero byte", "x\x00", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var inside string
			handler := edge.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				inside = logging.RequestID(r.Context())
			}), edge.Options{})
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, request(http.MethodGet, "/", "X-Request-Id", test.sent))

			got := w.Header().Get("X-Request-Id")
			if got == "" || got != inside {
				t.Errorf("id = %q in the answer and %q in the log, want the same", got, inside)
			}
			if test.keep && got != test.sent {
				t.Errorf("id = %q, want the client's, %q", got, test.sent)
			}
			if id, err := uuid.Parse(got); !test.keep && (err != nil || id.Version() != 7) {
				t.Errorf("id = %q, want a new UUID of version 7", got)
			}
		})
	}
}

func TestSecurityHeaders(t *testing.T) {
	const data = "default-src 'none'; frame-ancestors 'none'"
	tests := []struct {
		name       string
		path       string
		production bool
		want       map[string]string
	}{
		{"the API", "/v1/books", false, map[string]string{"Content-Security-Policy": data, "Cache-Control": "no-store", "Strict-Transport-Security": ""}},
		{"in production", "/v1/books", true, map[string]string{"Strict-Transport-Security": "max-age=31536000"}},
		{"health", "/healthz", false, map[string]string{"Content-Security-Policy": data, "Cache-Control": ""}},
		{"another path with the same beginning", "/docs-of-others", false, map[string]string{"Content-Security-Policy": data}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.want["X-Content-Type-Options"] = "nosniff"
			test.want["X-Frame-Options"] = "DENY"
			test.want["Referrer-Policy"] = "no-referrer"
			test.want["Cross-Origin-Resource-Policy"] = "same-origin"
			got := answer(t, edge.Options{Production: test.production}, request(http.MethodGet, test.path))
			for name, want := range test.want {
				if got.Get(name) != want {
					t.Errorf("%s = %q, want %q", name, got.Get(name), want)
				}
			}
		})
	}
}

func TestHandlerMayAllowCaching(t *testing.T) {
	handler := edge.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
	}), edge.Options{})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, request(http.MethodGet, "/v1/books"))
	if got := w.Header().Get("Cache-Control"); got != "max-age=60" {
		t.Errorf("Cache-Control = %q, want the handler's", got)
	}
}

// The page of Swagger UI may do what it does, and nothing else: all that it loads is
// of its own server.
func TestDocs(t *testing.T) {
	handler := edge.New(v5emb.New("API", "/openapi.yaml", "/docs/"), edge.Options{})
	for _, path := range []string{"/docs", "/docs/"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, request(http.MethodGet, path))
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "script-src 'self' 'unsafe-inline'", "style-src 'self' 'unsafe-inline'",
			"img-src 'self' data:", "connect-src 'self'", "frame-ancestors 'none'",
		} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: Content-Security-Policy = %q, want %s in it", path, policy, want)
			}
		}
		page := w.Body.String()
		if !strings.Contains(page, `src="/docs/swagger-ui-bundle.js"`) || !strings.Contains(page, "SwaggerUIBundle(") {
			t.Errorf("%s: the page loads something else than before:\n%s", path, page)
		}
		for _, attribute := range []string{`src="http`, `href="http`, `src="//`, `href="//`} {
			if strings.Contains(page, attribute) {
				t.Errorf("%s: the page has %s, which the policy forbids", path, attribute)
			}
		}
	}
}

func TestOtherOrigins(t *testing.T) {
	const ours, theirs = "https://app.example.com", "https://evil.example.com"
	preflight := func(origin, method, headers string) *http.Request {
		return request(http.MethodOptions, "/v1/books",
			"Origin", origin, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", headers)
	}
	tests := []struct {
		name    string
		origins []string
		request *http.Request
		allowed bool
	}{
		{"a request of ours", []string{ours}, request(http.MethodGet, "/v1/books", "Origin", ours), true},
		{"HEAD of ours", []string{ours}, request(http.MethodHead, "/v1/books", "Origin", ours), true},
		{"a request of theirs", []string{ours}, request(http.MethodGet, "/v1/books", "Origin", theirs), false},
		{"of a subdomain", []string{ours}, request(http.MethodGet, "/v1/books", "Origin", "https://a.app.example.com"), false},
		{"without TLS", []string{ours}, request(http.MethodGet, "/v1/books", "Origin", "http://app.example.com"), false},
		{"of a file", []string{ours}, request(http.MethodGet, "/v1/books", "Origin", "null"), false},
		{"no origin allowed", nil, request(http.MethodGet, "/v1/books", "Origin", ours), false},
		{"a star allows nobody", []string{"*"}, request(http.MethodGet, "/v1/books", "Origin", ours), false},
		{"ours asks first", []string{ours}, preflight(ours, http.MethodPatch, "authorization,content-type,idempotency-key,if-match,x-request-id"), true},
		{"ours asks for another header", []string{ours}, preflight(ours, http.MethodPost, "x-admin"), false},
		{"ours asks for another method", []string{ours}, preflight(ours, "TRACE", "content-type"), false},
		{"theirs asks first", []string{ours}, preflight(theirs, http.MethodPost, "content-type"), false},
		{"asked first, and no origin allowed", nil, preflight(ours, http.MethodPost, "content-type"), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := answer(t, edge.Options{Origins: test.origins}, test.request)
			want := ""
			if test.allowed {
				want = ours
			}
			if origin := got.Get("Access-Control-Allow-Origin"); origin != want {
				t.Errorf("Access-Control-Allow-Origin = %q, want %q", origin, want)
			}
			if got.Get("Access-Control-Allow-Credentials") != "" {
				t.Error("Access-Control-Allow-Credentials is set")
			}
			if got.Get("X-Frame-Options") == "" || got.Get("X-Request-Id") == "" {
				t.Errorf("headers = %v, want those of every answer among them", got)
			}
		})
	}
}

func TestExposedHeaders(t *testing.T) {
	const ours = "https://app.example.com"
	got := answer(t, edge.Options{Origins: []string{ours}}, request(http.MethodGet, "/v1/books", "Origin", ours))
	exposed := strings.ToLower(got.Get("Access-Control-Expose-Headers"))
	for _, name := range []string{
		"location", "etag", "total-count", "link", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id",
	} {
		if !strings.Contains(", "+exposed+",", ", "+name+",") {
			t.Errorf("Access-Control-Expose-Headers = %q, want %s in it", exposed, name)
		}
	}
}
