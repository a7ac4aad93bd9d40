package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"example.com/app/platform/app"
)

func TestMain(m *testing.M) {
	passwordCost = bcrypt.MinCost
	os.Exit(m.Run())
}

// TestDemo buys in a whole shop, with each way of paying that comes to its end soon.
func TestDemo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		method string
		want   []string
	}{
		{method: "card", want: []string{"stock-reserved", "payment-taken", "stock-confirmed", "the order is completed\n"}},
		{method: "card-twice", want: []string{"the order is completed\n"}},
		{method: "card-declined", want: []string{"payment-declined", "stock-released", "the order is cancelled: payment-declined\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.method, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			env := app.Env{Getenv: func(string) string { return "" }, Out: &out, Err: io.Discard}
			if err := demo(t.Context(), env, []string{"-method", tt.method}); err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("demo prints no %q:\n%s", want, out.String())
				}
			}
		})
	}
}

func TestDemoOfNoShop(t *testing.T) {
	t.Parallel()
	env := app.Env{Getenv: func(string) string { return "" }, Out: io.Discard, Err: io.Discard}
	if err := demo(t.Context(), env, []string{"-url", "http://127.0.0.1:1"}); err == nil {
		t.Error("demo buys where there is no shop")
	}
}

// watched is an output that can be waited for.
type watched struct {
	lines chan string
}

func (w *watched) Write(p []byte) (int, error) {
	w.lines <- string(p)
	return len(p), nil
}

func TestServe(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	out := &watched{lines: make(chan string, 1)}
	vars := map[string]string{"HTTP_ADDR": "127.0.0.1:0"}
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, app.Env{Getenv: func(name string) string { return vars[name] }, Out: out, Err: io.Discard}, nil)
	}()
	var printed string
	select {
	case printed = <-out.lines:
	case err := <-ended:
		t.Fatalf("serve = %v", err)
	case <-time.After(time.Minute):
		t.Fatal("serve does not begin")
	}
	fields := strings.Fields(printed) // shop URL admin EMAIL password PASSWORD …
	c := &customer{url: strings.TrimSuffix(fields[1], "/docs"), out: io.Discard}
	credentials := map[string]string{"email": fields[3], "password": fields[5]}
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	if err := c.call(ctx, http.MethodPost, "/v1/auth/login", credentials, &tokens); err != nil {
		t.Fatal(err)
	}
	c.token = tokens.AccessToken
	if err := c.call(ctx, http.MethodGet, "/v1/users", nil, nil); err != nil {
		t.Errorf("the admin may not list the accounts: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("serve = %v", err)
	}
}

func TestServeRefusesBadSettings(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"LOG_LEVEL": "loud", "HTTP_ADDR": "256.0.0.1:80"} {
		vars := map[string]string{name: value}
		env := app.Env{Getenv: func(name string) string { return vars[name] }, Out: io.Discard, Err: io.Discard}
		if err := serve(t.Context(), env, nil); err == nil {
			t.Errorf("serve accepts %s=%s", name, value)
		}
	}
}

func TestTraceIsShownAsATree(t *testing.T) {
	t.Parallel()
	jaeger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/traces/abc" {
			_, _ = io.WriteString(w, `{"data":[]}`)
			return
		}
		_, _ = io.WriteString(w, `{"data":[{"processes":{"p1":{"serviceName":"gateway"},"p2":{"serviceName":"order"}},"spans":[
			{"spanID":"2","operationName":"below","processID":"p2","startTime":2000,"duration":500,"references":[{"spanID":"1"}]},
			{"spanID":"1","operationName":"root","processID":"p1","startTime":1000,"duration":3000,"references":[]}]}]}`)
	}))
	defer jaeger.Close()
	var out bytes.Buffer
	if err := printTrace(t.Context(), &out, jaeger.URL, "abc", 0); err != nil {
		t.Fatal(err)
	}
	want := "    0.0 ms     3.0 ms  gateway  root\n    1.0 ms     0.5 ms  order      below\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("the trace is shown as\n%s\nwant\n%s", out.String(), want)
	}
	if err := printTrace(t.Context(), io.Discard, jaeger.URL, "unknown", 0); err == nil {
		t.Error("a trace is shown that is not there")
	}
}
