package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// journal is a log that can be waited for.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// waitFor returns the first group of pattern, once the log has it.
func (j *journal) waitFor(t *testing.T, pattern string) string {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	for range 1000 {
		j.mu.Lock()
		found := wanted.FindStringSubmatch(j.text.String())
		j.mu.Unlock()
		if found != nil {
			return found[len(found)-1]
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the log has no %q:\n%s", pattern, j.text.String())
	return ""
}

func status(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// TestShutdownDelay stops the program: for a while /readyz fails and all else goes on.
func TestShutdownDelay(t *testing.T) {
	env := map[string]string{"HTTP_ADDR": "127.0.0.1:0", "SHUTDOWN_DELAY": "1s"}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, done := new(journal), make(chan int)
	go func() {
		done <- run(ctx, []string{"serve"}, func(name string) string { return env[name] }, nil, io.Discard, log)
	}()
	api := "http://" + log.waitFor(t, `msg=listening addr=(\S+)`)
	if code, body := status(t, api+"/readyz"); code != http.StatusOK {
		t.Fatalf("GET /readyz = %d %s, want 200", code, body)
	}

	stop()
	log.waitFor(t, "msg=stopping")
	if code, body := status(t, api+"/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "about to stop") {
		t.Errorf("GET /readyz of a program that stops = %d %s, want 503 and the reason", code, body)
	}
	for _, path := range []string{"/healthz", "/openapi.yaml"} {
		if code, body := status(t, api+path); code != http.StatusOK {
			t.Errorf("GET %s of a program that stops = %d %s, want 200", path, code, body)
		}
	}
	if code := <-done; code != ok {
		t.Errorf("run(serve) = %d, want 0", code)
	}
}
