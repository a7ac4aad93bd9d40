package errortracking_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/errortracking"
)

// event is what the tests look at of an event.
type event struct {
	Message     string
	Level       string
	Environment string
	Release     string
	Tags        map[string]string
	Exception   []struct{ Type, Value string }
	Contexts    map[string]map[string]any
	User        map[string]any
	Request     map[string]any
}

// sentry is an ingest endpoint that keeps events.
func sentry(t *testing.T) (dsn string, events <-chan event) {
	t.Helper()
	received := make(chan event, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/1/envelope/" || !strings.Contains(r.Header.Get("X-Sentry-Auth"), "sentry_key=public") {
			t.Errorf("request to %s, authorized by %q", r.URL.Path, r.Header.Get("X-Sentry-Auth"))
		}
		for _, e := range readEnvelope(t, r) {
			received <- e
		}
		fmt.Fprint(w, `{}`)
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "://", "://public@", 1) + "/1", received
}

// readEnvelope reads a line about the envelope, and for each item a line about it and
// its payload: https://develop.sentry.dev/sdk/data-model/envelopes/
func readEnvelope(t *testing.T, r *http.Request) []event {
	t.Helper()
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if body, err = gzip.NewReader(r.Body); err != nil {
			t.Error(err)
			return nil
		}
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Error(err)
	}
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	var events []event
	for i := 1; i+1 < len(lines); i += 2 {
		var header struct{ Type string }
		if err := json.Unmarshal(lines[i], &header); err != nil {
			t.Errorf("item header %s: %v", lines[i], err)
		}
		if header.Type != "event" {
			continue
		}
		var e event
		if err := json.Unmarshal(lines[i+1], &e); err != nil {
			t.Errorf("event %s: %v", lines[i+1], err)
		}
		events = append(events, e)
	}
	return events
}

func TestErrorsBecomeEvents(t *testing.T) {
	dsn, events := sentry(t)
	handler, flush, err := errortracking.Open(dsn, "production", "abc123")
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(handler).With(slog.String("part", "api")).WithGroup("http").With(slog.Int("port", 8080))
	logger.Warn("not this")
	slog.New(handler).Error("request failed",
		slog.Any("error", fmt.Errorf("list books: %w", errors.New("boom"))),
		slog.String("stack", "goroutine 1\nmain.main()"),
		slog.String("request_id", "r-1"),
		slog.Duration("took", 1500*time.Millisecond),
		slog.Group("book", slog.String("title", "Emma"), slog.Int("pages", 474)))
	logger.Error("without an error", slog.String("path", "/v1"))
	flush(5 * time.Second)

	first, second := next(t, events), next(t, events)
	if second.Message == "request failed" {
		first, second = second, first
	}
	if first.Message != "request failed" || first.Level != "error" || first.Environment != "production" || first.Release != "abc123" {
		t.Errorf("event = %+v, want request failed, error, production, abc123", first)
	}
	if len(first.Exception) != 1 || first.Exception[0].Type != "request failed" || first.Exception[0].Value != "list books: boom" {
		t.Errorf("exception = %+v, want the error's text", first.Exception)
	}
	if first.Tags["request_id"] != "r-1" {
		t.Errorf("tags = %v, want the request's id", first.Tags)
	}
	wantRecord(t, first, map[string]any{
		"error": "list books: boom", "stack": "goroutine 1\nmain.main()", "request_id": "r-1",
		"took": "1.5s", "book.title": "Emma", "book.pages": 474.0,
	})
	if len(first.User) > 0 || len(first.Request) > 0 {
		t.Errorf("event has user %v and request %v, want none", first.User, first.Request)
	}
	if len(second.Exception) > 0 {
		t.Errorf("exception = %+v, want none", second.Exception)
	}
	wantRecord(t, second, map[string]any{"part": "api", "http.port": 8080.0, "http.path": "/v1"})
}

func next(t *testing.T, events <-chan event) event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event within 10s")
		return event{}
	}
}

func wantRecord(t *testing.T, e event, want map[string]any) {
	t.Helper()
	got := e.Contexts["record"]
	delete(got, "type")
	if len(got) != len(want) {
		t.Errorf("record = %v, want %v", got, want)
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("record[%s] = %v, want %v", key, got[key], value)
		}
	}
}

func TestOpenRefusesWrongDSN(t *testing.T) {
	if _, _, err := errortracking.Open("https://example.com", "", ""); err == nil {
		t.Error("Open(without a key) = no error, want one")
	}
}

// Nobody waits for a Sentry that does not answer.
func TestSentryAway(t *testing.T) {
	handler, flush, err := errortracking.Open("http://public@127.0.0.1:1/1", "", "")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for range 500 {
		slog.New(handler).Error("request failed")
	}
	flush(100 * time.Millisecond)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("500 errors took %v, want no wait", took)
	}
}
