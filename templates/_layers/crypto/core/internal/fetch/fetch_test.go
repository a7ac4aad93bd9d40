package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var errRefusedConnection = errors.New("connection refused")

// answer is what the server does with a request.
type answer struct {
	status int // 0: the request does not get through
	after  string
	body   string
}

// script is a transport that gives one answer after the other.
type script struct {
	answers []answer
	got     []*http.Request
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.got = append(s.got, r)
	a := s.answers[len(s.got)-1]
	if a.status == 0 {
		return nil, errRefusedConnection
	}
	header := http.Header{}
	if a.after != "" {
		header.Set("Retry-After", a.after)
	}
	return &http.Response{
		StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r,
	}, nil
}

func TestGetRetries(t *testing.T) {
	ok := answer{status: 200, body: "{}"}
	busy := answer{status: 429}
	down := answer{status: 503}
	tests := []struct {
		name      string
		answers   []answer
		want      error
		wantText  string        // empty: there is no error
		least     time.Duration // all pauses together
		most      time.Duration
		wantTries int
	}{
		{name: "no need", answers: []answer{ok}, wantTries: 1},
		{
			name: "server error once", answers: []answer{down, ok}, wantTries: 2,
			least: 250 * time.Millisecond, most: 750 * time.Millisecond,
		},
		{
			name: "network error once", answers: []answer{{}, ok}, wantTries: 2,
			least: 250 * time.Millisecond, most: 750 * time.Millisecond,
		},
		{
			name: "server error for ever", answers: []answer{down, down, down}, wantTries: 3,
			want: ErrDown, wantText: "api.test answered 503 Service Unavailable",
			least: 750 * time.Millisecond, most: 2250 * time.Millisecond,
		},
		{
			name: "network error for ever", answers: []answer{{}, {}, {}}, wantTries: 3,
			want: ErrUnreachable, wantText: "server cannot be reached: api.test: connection refused",
			least: 750 * time.Millisecond, most: 2250 * time.Millisecond,
		},
		{
			name: "throttled for ever", answers: []answer{busy, busy, busy}, wantTries: 3,
			want: ErrThrottled, wantText: "api.test answered 429 Too Many Requests",
			least: 750 * time.Millisecond, most: 2250 * time.Millisecond,
		},
		{
			name: "Retry-After in seconds", answers: []answer{{status: 429, after: "7"}, ok}, wantTries: 2,
			least: 7 * time.Second, most: 7 * time.Second,
		},
		{
			// The clock of a synctest bubble starts in the year 2000.
			name: "Retry-After as a date", answers: []answer{{status: 503, after: "Sat, 01 Jan 2000 00:00:09 GMT"}, ok}, wantTries: 2,
			least: 9 * time.Second, most: 9 * time.Second,
		},
		{
			name: "Retry-After in the past", answers: []answer{{status: 503, after: "Fri, 31 Dec 1999 00:00:00 GMT"}, ok}, wantTries: 2,
		},
		{
			name: "Retry-After that is too long", answers: []answer{{status: 429, after: "120"}}, wantTries: 1,
			want: ErrThrottled, wantText: "api.test answered 429 Too Many Requests and asks to wait 2m0s",
		},
		{
			name: "Retry-After that means nothing", answers: []answer{{status: 429, after: "soon"}, ok}, wantTries: 2,
			least: 250 * time.Millisecond, most: 750 * time.Millisecond,
		},
		{
			name: "wrong key", answers: []answer{{status: 401}}, wantTries: 1,
			want: ErrRefused, wantText: "api.test answered 401 Unauthorized",
		},
		{
			name: "not found, whatever Retry-After says", answers: []answer{{status: 404, after: "1"}}, wantTries: 1,
			wantText: "api.test answered 404 Not Found",
		},
		{
			name: "answer too large", answers: []answer{{status: 200, body: strings.Repeat(" ", maxBody+1)}}, wantTries: 1,
			want: ErrBadAnswer, wantText: "larger than 16 MB",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &script{answers: tt.answers}
				client := New(time.Minute, "prices/v1", nil, server)
				start := time.Now()
				err := client.Get(t.Context(), Request{URL: "https://api.test/prices?secret=no"}, accept)
				took := time.Since(start)

				if (tt.want != nil && !errors.Is(err, tt.want)) || (err != nil) != (tt.wantText != "") {
					t.Errorf("Get() = %v, want %v, %q", err, tt.want, tt.wantText)
				}
				if err != nil && (!strings.Contains(err.Error(), tt.wantText) || strings.Contains(err.Error(), "secret")) {
					t.Errorf("Get() = %q, want %q", err, tt.wantText)
				}
				if len(server.got) != tt.wantTries {
					t.Errorf("Get() asked %d times, want %d", len(server.got), tt.wantTries)
				}
				if took < tt.least || took > tt.most {
					t.Errorf("Get() paused for %s, want %s to %s", took, tt.least, tt.most)
				}
			})
		})
	}
}

func accept([]byte) error { return nil }

func TestGetStopsAtOnceWhenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		start := time.Now()
		server := &script{answers: []answer{{status: 429, after: "9"}}}
		err := New(time.Minute, "prices/v1", nil, server).Get(ctx, Request{URL: "https://api.test/"}, accept)
		if took := time.Since(start); !errors.Is(err, context.Canceled) || took != 100*time.Millisecond {
			t.Errorf("Get() = %v after %s, want context.Canceled after 100ms", err, took)
		}
	})
}

// silence is a server that never answers.
type silence struct{}

func (silence) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestGetGivesEachRequestItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		err := New(5*time.Second, "prices/v1", nil, silence{}).Get(t.Context(), Request{URL: "https://api.test/"}, accept)
		took := time.Since(start)
		if !errors.Is(err, ErrUnreachable) || took < 15*time.Second || took > 18*time.Second {
			t.Errorf("Get() = %v after %s, want ErrUnreachable after three times 5s and two pauses", err, took)
		}
	})
}

func TestGetSendsHeaders(t *testing.T) {
	server := &script{answers: []answer{{status: 200}}}
	header := http.Header{"X-Key": {"secret"}}
	if err := New(time.Second, "prices/v1", nil, server).Get(t.Context(), Request{URL: "https://api.test/", Header: header}, accept); err != nil {
		t.Fatalf("Get() = %v", err)
	}
	for name, want := range map[string]string{"X-Key": "secret", "User-Agent": "prices/v1", "Accept": "application/json"} {
		if got := server.got[0].Header.Get(name); got != want {
			t.Errorf("header %s = %q, want %q", name, got, want)
		}
	}
	if len(header) != 1 {
		t.Errorf("Get() changed the caller's header to %v", header)
	}
}

func TestGetTakesNoKeyToAnotherHost(t *testing.T) {
	leaked := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		leaked <- r.Header.Get("X-Key")
	}))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer server.Close()

	request := Request{URL: server.URL, Header: http.Header{"X-Key": {"secret"}}}
	err := New(time.Second, "prices/v1", nil, nil).Get(t.Context(), request, accept)
	if status, ok := errors.AsType[*StatusError](err); !ok || status.Code != http.StatusFound {
		t.Errorf("Get() = %v, want status 302", err)
	}
	if len(leaked) > 0 {
		t.Errorf("the other host got the key %q", <-leaked)
	}
}

// memory is a cache that never forgets.
type memory map[string]string

func (m memory) Get(key string, _ time.Duration) ([]byte, bool) {
	body, ok := m[key]
	return []byte(body), ok
}

func (m memory) Put(key string, body []byte) error {
	m[key] = string(body)
	return errors.New("the disk is full") // which must not matter
}

func TestGetUsesTheCache(t *testing.T) {
	const url = "https://api.test/prices"
	errParse := errors.New("no price")
	tests := []struct {
		name      string
		cached    string
		ttl       time.Duration
		answer    string
		want      string
		wantErr   error
		wantTries int
		wantKept  string
	}{
		{name: "hit", cached: "good old", ttl: time.Minute, want: "good old", wantKept: "good old"},
		{name: "miss", ttl: time.Minute, answer: "good", want: "good", wantTries: 1, wantKept: "good"},
		{name: "nothing is to be kept", answer: "good", want: "good", wantTries: 1},
		{name: "nothing is to be used", cached: "good old", answer: "good", want: "good", wantTries: 1, wantKept: "good old"},
		{name: "hit that makes no sense", cached: "bad", ttl: time.Minute, answer: "good", want: "good", wantTries: 1, wantKept: "good"},
		{name: "answer that makes no sense", ttl: time.Minute, answer: "bad", wantErr: errParse, wantTries: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cache := memory{}
			if tt.cached != "" {
				cache[url] = tt.cached
			}
			server := &script{answers: []answer{{status: 200, body: tt.answer}}}
			var got string
			err := New(time.Second, "prices/v1", cache, server).Get(t.Context(), Request{URL: url, TTL: tt.ttl}, func(body []byte) error {
				if string(body) == "bad" {
					return errParse
				}
				got = string(body)
				return nil
			})
			if got != tt.want || !errors.Is(err, tt.wantErr) {
				t.Errorf("Get() = %q, %v, want %q, %v", got, err, tt.want, tt.wantErr)
			}
			if len(server.got) != tt.wantTries || cache[url] != tt.wantKept {
				t.Errorf("Get() asked %d times and kept %q, want %d and %q", len(server.got), cache[url], tt.wantTries, tt.wantKept)
			}
		})
	}
}

func TestGetRefusesAnImpossibleURL(t *testing.T) {
	server := &script{}
	if err := New(time.Second, "prices/v1", nil, server).Get(t.Context(), Request{URL: "http://bad host/"}, accept); err == nil || len(server.got) > 0 {
		t.Errorf("Get() = %v after %d requests, want an error and none", err, len(server.got))
	}
}

func TestDecode(t *testing.T) {
	tests := []struct {
		name, body, wantText string
		want                 error
	}{
		{name: "object", body: `{"a": 1}`},
		{name: "empty", body: "", want: ErrBadAnswer, wantText: "unusable answer: it is empty"},
		{name: "page", body: "<html>", want: ErrBadAnswer, wantText: "invalid character '<'"},
		{name: "list", body: "[]", want: ErrBadAnswer, wantText: "unusable answer: it is not of the documented shape"},
		{name: "words for a number", body: `{"a": "b"}`, want: ErrBadAnswer, wantText: "unusable answer: it is not of the documented shape"},
		{name: "more than one value", body: `{} {}`, want: ErrBadAnswer, wantText: "after top-level value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v map[string]int
			err := Decode([]byte(tt.body), &v)
			if !errors.Is(err, tt.want) || (err != nil && !strings.Contains(err.Error(), tt.wantText)) {
				t.Errorf("Decode(%q) = %v, want %v, %q", tt.body, err, tt.want, tt.wantText)
			}
		})
	}
}
