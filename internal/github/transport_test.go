package github

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const secret = "gho_0123456789abcdefghijABCDEFGHIJ012345"

// answers serves one handler for each request, the last one for all that follow.
func answers(t *testing.T, patience Patience, handlers ...http.HandlerFunc) (*Client, *int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		i := min(n, len(handlers)-1)
		n++
		mu.Unlock()
		handlers[i](w, r)
	}))
	t.Cleanup(server.Close)
	host, err := ParseHost(DefaultHost, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return New(host, secret, patience), &n
}

func respond(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a client that left has its own error
	}
}

func TestLimits(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	date := now.UTC().Format(http.TimeFormat)
	reset := strconv.FormatInt(now.Add(50*time.Minute).Unix(), 10)
	const minute = time.Minute
	for _, tt := range []struct {
		name    string
		refusal http.HandlerFunc
		want    []time.Duration // the waits, if the refusal is repeated once
	}{
		{
			name:    "primary, 403",
			refusal: respond(403, `{"message":"API rate limit exceeded for user ID 1."}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset, "Date", date),
			want:    []time.Duration{50*minute + time.Second, 50*minute + time.Second},
		},
		{
			name:    "primary, 429",
			refusal: respond(429, `{"message":"API rate limit exceeded"}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset, "Date", date),
			want:    []time.Duration{50*minute + time.Second, 50*minute + time.Second},
		},
		{
			name:    "secondary that says how long, though much of the primary is left",
			refusal: respond(403, `{"message":"You have exceeded a secondary rate limit."}`, "Retry-After", "7", "X-RateLimit-Remaining", "4000", "X-RateLimit-Reset", reset),
			want:    []time.Duration{7 * time.Second, 7 * time.Second},
		},
		{
			name:    "secondary that does not say how long is not waited for until the primary's reset",
			refusal: respond(403, `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes."}`, "X-RateLimit-Remaining", "4000", "X-RateLimit-Reset", reset),
			want:    []time.Duration{minute, 2 * minute},
		},
		{
			name:    "abuse, in the old words",
			refusal: respond(403, `{"message":"You have triggered an abuse detection mechanism."}`),
			want:    []time.Duration{minute, 2 * minute},
		},
		{
			name:    "429 and no word more",
			refusal: respond(429, `slow down`),
			want:    []time.Duration{minute, 2 * minute},
		},
		{
			name:    "abuse as 422",
			refusal: respond(422, `{"message":"Validation Failed","errors":[{"resource":"Issue","code":"abuse"}]}`),
			want:    []time.Duration{minute, 2 * minute},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var waits []time.Duration
			client, n := answers(t, Patience{
				BetweenWrites: time.Nanosecond,
				Sleep: func(_ context.Context, d time.Duration, _ string) error {
					waits = append(waits, d)
					return nil
				},
			}, tt.refusal, tt.refusal, func(w http.ResponseWriter, r *http.Request) { //nolint:gocritic // refused twice
				body, err := io.ReadAll(r.Body)
				if err != nil || !strings.Contains(string(body), `"bug"`) {
					t.Errorf("the repeated request has the body %q, %v", body, err)
				}
				respond(201, `{}`)(w, r)
			})
			if err := client.CreateLabel(t.Context(), "acme", "demo", Label{Name: "bug"}); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(waits) != fmt.Sprint(tt.want) {
				t.Errorf("waited %s, want %s", waits, tt.want)
			}
			if *n != 3 || client.Calls() != 3 {
				t.Errorf("%d requests, counted as %d, want 3", *n, client.Calls())
			}
		})
	}
}

func TestForbiddenIsNoLimit(t *testing.T) {
	for _, refusal := range []http.HandlerFunc{
		respond(403, `{"message":"Resource not accessible by personal access token"}`, "X-RateLimit-Remaining", "4000"),
		respond(422, `{"message":"Validation Failed","errors":["plain words"]}`),
		respond(422, `{"message":"Validation Failed","errors":[{"code":"already_exists"}]}`),
		respond(404, `{"message":"Not Found"}`, "Retry-After", "60"),
	} {
		client, n := answers(t, Patience{BetweenWrites: time.Nanosecond, Sleep: func(context.Context, time.Duration, string) error {
			t.Error("waited")
			return nil
		}}, refusal)
		if err := client.CreateLabel(t.Context(), "acme", "demo", Label{Name: "bug"}); err == nil || *n != 1 {
			t.Errorf("CreateLabel = %v after %d requests, want an error after one", err, *n)
		}
	}
}

func TestLimitThatDoesNotEnd(t *testing.T) {
	client, n := answers(t, Patience{Sleep: func(context.Context, time.Duration, string) error { return nil }},
		respond(429, `{"message":"slow down"}`))
	_, _, err := client.Viewer(t.Context())
	if !errors.Is(err, ErrLimited) || *n != mostWaits+1 {
		t.Errorf("Viewer = %v after %d requests, want ErrLimited after %d", err, *n, mostWaits+1)
	}
}

func TestInterruptedWait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client, _ := answers(t, Patience{Sleep: func(ctx context.Context, _ time.Duration, _ string) error {
		cancel()
		return ctx.Err()
	}}, respond(429, `{}`))
	if _, _, err := client.Viewer(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Viewer = %v, want context.Canceled", err)
	}
}

// TestSpentLimit: v62 would refuse the second request by itself, without asking,
// though the window may have been reset.
func TestSpentLimit(t *testing.T) {
	reset := strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)
	client, _ := answers(t, Patience{}, respond(200, `{"login":"octocat"}`, "X-RateLimit-Limit", "60", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset))
	for range 2 {
		if _, _, err := client.Viewer(t.Context()); err != nil {
			t.Errorf("Viewer = %v, want an answer", err)
		}
	}
}

func TestWritesAreSerialAndSpaced(t *testing.T) {
	const between = 60 * time.Millisecond
	var mu sync.Mutex
	var starts []time.Time
	open := 0
	client, _ := answers(t, Patience{BetweenWrites: between}, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		open++
		if open > 1 {
			t.Error("two writes at once")
		}
		starts = append(starts, time.Now())
		mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		mu.Lock()
		open--
		mu.Unlock()
		respond(201, `{}`)(w, r)
	})
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			if err := client.CreateLabel(t.Context(), "acme", "demo", Label{Name: strconv.Itoa(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i := 1; i < len(starts); i++ {
		if gap := starts[i].Sub(starts[i-1]); gap < between {
			t.Errorf("write %d came %s after the last, want at least %s", i, gap, between)
		}
	}
}

func TestErrors(t *testing.T) {
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for _, tt := range []struct {
		name    string
		answer  http.HandlerFunc
		want    error
		message string
	}{
		{"bad token", respond(401, `{"message":"Bad credentials"}`), ErrUnauthorized, "Bad credentials"},
		{"not allowed", respond(403, `{"message":"Must have admin rights to Repository."}`), ErrForbidden, "admin rights"},
		{"not paid", respond(403, `{"message":"Upgrade to GitHub Pro or make this repository public to enable this feature."}`), ErrPlan, "Upgrade to GitHub Pro"},
		{"not there", respond(404, `{"message":"Not Found"}`), ErrNotFound, "Not Found"},
		{"being made", respond(409, `{"message":"Git Repository is empty."}`), ErrUnavailable, "empty"},
		{"name taken", respond(422, `{"message":"Repository creation failed.","errors":[{"resource":"Repository","code":"custom","field":"name","message":"name already exists on this account"}]}`), ErrExists, "name already exists"},
		{"label taken", respond(422, `{"message":"Validation Failed","errors":[{"resource":"Label","code":"already_exists","field":"name"}]}`), ErrExists, "name already exists"},
		{"failed", respond(502, `<html>Bad Gateway</html>`), ErrUnavailable, "502 Bad Gateway"},
		{"cut", cut, ErrUnreachable, "EOF"},
		{"silent", hang, ErrUnreachable, "no answer from the server: none within 200ms"},
		{"no JSON", respond(200, `<html>captive portal</html>`), nil, "invalid character"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := answers(t, Patience{Timeout: 200 * time.Millisecond}, tt.answer)
			_, _, err := client.Viewer(t.Context())
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("Viewer = %v, want %v", err, tt.want)
			}
			if !strings.Contains(err.Error(), tt.message) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Viewer = %q, want one line with %q and no token", err, tt.message)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	host, err := ParseHost(DefaultHost, "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = New(host, secret, Patience{}).Viewer(t.Context())
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("Viewer = %v, want ErrUnreachable with its reason", err)
	}
}

// TestTokenStaysAtHome: a redirection to elsewhere does not take the token along.
func TestTokenStaysAtHome(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the token was sent to another server")
		}
		respond(200, `{"login":"mallory"}`)(w, r)
	}))
	defer elsewhere.Close()
	client, _ := answers(t, Patience{}, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer "+secret {
			t.Errorf("Authorization: %q, want the token", got)
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusFound)
	})
	if _, _, err := client.Viewer(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestScopes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header []string
		known  bool
		repo   bool
	}{
		{"classic", []string{"X-OAuth-Scopes", "gist, repo, workflow"}, true, true},
		{"classic without any", []string{"X-OAuth-Scopes", ""}, true, false},
		{"fine-grained", nil, false, false},
		{"a longer word", []string{"X-OAuth-Scopes", "repo:status"}, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := answers(t, Patience{}, respond(200, `{"login":"octocat"}`, tt.header...))
			_, scopes, err := client.Viewer(t.Context())
			if err != nil || scopes.Known != tt.known || scopes.Has("repo") != tt.repo {
				t.Errorf("scopes = %+v, %v", scopes, err)
			}
		})
	}
}

func TestPages(t *testing.T) {
	client, n := answers(t, Patience{},
		func(w http.ResponseWriter, r *http.Request) {
			respond(200, `[{"number":1},{"number":2,"pull_request":{}}]`, "Link", fmt.Sprintf(`<http://%s%s?page=2>; rel="next"`, r.Host, r.URL.Path))(w, r)
		},
		respond(200, `[{"number":3}]`))
	issues, err := client.Issues(t.Context(), "acme", "demo")
	if err != nil || *n != 2 || len(issues) != 2 || issues[1].Number != 3 {
		t.Errorf("Issues = %+v, %v after %d requests, want 1 and 3 of two pages", issues, err, *n)
	}
}
