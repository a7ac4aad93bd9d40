package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"example.com/app/internal/httpapi"
)

func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// logged returns the records of log whose message is msg.
func logged(t *testing.T, log *bytes.Buffer, msg string) []map[string]any {
	t.Helper()
	var records []map[string]any
	for decoder := json.NewDecoder(bytes.NewReader(log.Bytes())); decoder.More(); {
		var record map[string]any
		if err := decoder.Decode(&record); err != nil {
			t.Fatalf("decode log: %v", err)
		}
		if record["msg"] == msg {
			records = append(records, record)
		}
	}
	return records
}

func TestAccessLogLevel(t *testing.T) {
	var log bytes.Buffer
	h, err := httpapi.New(httpapi.Options{Logger: newLogger(&log)})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	for path, want := range map[string]string{"/healthz": "DEBUG", "/openapi.yaml?email=ann@example.com": "INFO"} {
		log.Reset()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, http.NoBody))
		if access := logged(t, &log, "request"); len(access) != 1 || access[0]["level"] != want {
			t.Errorf("access log of GET %s = %v, want one line at level %s", path, access, want)
		}
		if bytes.Contains(log.Bytes(), []byte("ann@example.com")) {
			t.Errorf("access log of GET %s = %s, which holds the query string", path, &log)
		}
	}
}

func TestClientIP(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	tests := []struct {
		name      string
		trusted   []netip.Prefix
		peer      string
		forwarded []string
		want      string
	}{
		{"nobody is trusted", nil, "198.51.100.7:1234", []string{"203.0.113.9"}, "198.51.100.7"},
		{"not even a private network", nil, "127.0.0.1:1234", []string{"203.0.113.9"}, "127.0.0.1"},
		{"proxy", proxies, "198.51.100.7:1234", []string{"203.0.113.9"}, "203.0.113.9"},
		{"proxy over IPv6", proxies, "[2001:db8::1]:1234", []string{"203.0.113.9"}, "203.0.113.9"},
		{"proxy that says nothing", proxies, "198.51.100.7:1234", nil, "198.51.100.7"},
		{"proxy behind a proxy", proxies, "198.51.100.7:1234", []string{"203.0.113.9, 198.51.100.8"}, "203.0.113.9"},
		{"client that lies to the proxy", proxies, "198.51.100.7:1234", []string{"192.0.2.1", "203.0.113.9"}, "203.0.113.9"},
		{"client in a private network", proxies, "198.51.100.7:1234", []string{"192.0.2.1, 10.0.0.1"}, "10.0.0.1"},
		{"not the proxy", proxies, "203.0.113.9:1234", []string{"192.0.2.1"}, "203.0.113.9"},
		{"nonsense", proxies, "198.51.100.7:1234", []string{"localhost"}, "198.51.100.7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			h, err := httpapi.New(httpapi.Options{Logger: newLogger(&log), TrustedProxies: test.trusted})
			if err != nil {
				t.Fatalf("New: %v", err)
			}
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			r.RemoteAddr = test.peer
			r.Header.Set("X-Real-IP", "192.0.2.2")
			for _, addresses := range test.forwarded {
				r.Header.Add("X-Forwarded-For", addresses)
			}
			h.ServeHTTP(httptest.NewRecorder(), r)
			if access := logged(t, &log, "request"); len(access) != 1 || access[0]["client_ip"] != test.want {
				t.Errorf("access log = %v, want one line with client_ip %s", access, test.want)
			}
		})
	}
}

func TestUntrustableProxy(t *testing.T) {
	if _, err := httpapi.New(httpapi.Options{TrustedProxies: []netip.Prefix{{}}}); err == nil {
		t.Error("New with an invalid prefix = nil, want an error")
	}
}
