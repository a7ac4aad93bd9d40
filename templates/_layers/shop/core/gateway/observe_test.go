package gateway_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/app/gateway"
	"example.com/app/internal/auth"
)

// lines gets the lines of a log.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// want returns the next line that has the text in it.
func (l lines) want(t *testing.T, text string) string {
	t.Helper()
	for {
		select {
		case line := <-l:
			if strings.Contains(line, text) {
				return line
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("the log lacks %s", text)
		}
	}
}

// TestBrokenAnswer has answers end before they are whole.
func TestBrokenAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		leaves bool // the client, instead of the service
		want   string
	}{
		{name: "the service breaks off", want: "status=502"},
		{name: "the client leaves", leaves: true, want: "status=499"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			log := make(lines, 100)
			w := newWorld(t, func(o *gateway.Options) { o.Logger = slog.New(slog.NewTextHandler(log, nil)) })
			w.product = func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Content-Length", "200000")
				_, _ = io.WriteString(rw, strings.Repeat("x", 100_000)) // more than buffers hold
				if tt.leaves {
					<-r.Context().Done()
				}
				panic(http.ErrAbortHandler)
			}
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/v1/products", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.DefaultTransport.RoundTrip(r)
			if err == nil {
				defer response.Body.Close()
				if tt.leaves {
					leave()
				}
				_, err = io.ReadAll(response.Body)
			}
			if err == nil {
				t.Error("the client is told that the answer is whole")
			}
			if line := log.want(t, "msg=request "); !strings.Contains(line, tt.want) || !strings.Contains(line, "route=/v1/products") {
				t.Errorf("line = %s, want %s of the route in it", line, tt.want)
			}
			if route := <-w.routes; route != "/v1/products" {
				t.Errorf("route = %q, want /v1/products", route)
			}
		})
	}
}

// broken is a part of the gateway with a bug.
type broken struct{}

func (broken) Verify(string) (auth.Actor, error) { panic("a bug") }

func TestPanic(t *testing.T) {
	t.Parallel()
	log := make(lines, 100)
	w := newWorld(t, func(o *gateway.Options) {
		o.Access, o.Logger = broken{}, slog.New(slog.NewTextHandler(log, nil))
	})
	wantProblem(t, w.send(t, http.MethodGet, "/v1/me", "", "Authorization", "Bearer x"), http.StatusInternalServerError, "internal")
	if line := log.want(t, `msg="request failed"`); !strings.Contains(line, "a bug") || !strings.Contains(line, "observe_test.go") {
		t.Errorf("line = %s, want the panic and where it happened in it", line)
	}
	log.want(t, "msg=request ")
}
