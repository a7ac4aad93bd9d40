package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

const deviceToken = "gho_0123456789secret"

// deviceServer plays GitHub's log-in. The answers to polls come in turn, and
// the last again and again.
type deviceServer struct {
	code  string // what is answered to the request for a code
	polls []string
	polled,
	asked atomic.Int64
	delay time.Duration // before each answer to a poll
}

const goodCode = `{"device_code": "device_secret", "user_code": "ABCD-1234", "verification_uri": "https://github.com/login/device", "expires_in": 900, "interval": 1}`

func (s *deviceServer) start(t *testing.T) Host {
	t.Helper()
	mux := http.NewServeMux()
	form := func(r *http.Request, want map[string]string) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		for name, want := range want {
			if got := r.PostForm.Get(name); got != want {
				t.Errorf("%s is asked with %s = %q, want %q", r.URL.Path, name, got, want)
			}
		}
		if r.PostForm.Has("client_secret") || r.Header.Get("Authorization") != "" {
			t.Errorf("%s is asked with a secret", r.URL.Path)
		}
		if r.Header.Get("Accept") != "application/json" {
			t.Errorf("%s is asked for %s", r.URL.Path, r.Header.Get("Accept"))
		}
	}
	mux.HandleFunc("POST /login/device/code", func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		form(r, map[string]string{"client_id": "app", "scope": "repo workflow read:org"})
		reply(w, s.code)
	})
	mux.HandleFunc("POST /login/oauth/access_token", func(w http.ResponseWriter, r *http.Request) {
		form(r, map[string]string{"client_id": "app", "device_code": "device_secret", "grant_type": "urn:ietf:params:oauth:grant-type:device_code"})
		n := int(s.polled.Add(1))
		select {
		case <-time.After(s.delay):
		case <-r.Context().Done():
		}
		reply(w, s.polls[min(n, len(s.polls))-1])
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	host, err := ParseHost("", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return host
}

// reply writes an answer that may begin with a status, as in "503 sorry", or
// is "cut".
func reply(w http.ResponseWriter, answer string) {
	if answer == "cut" {
		panic(http.ErrAbortHandler)
	}
	status := http.StatusOK
	if _, err := fmt.Sscanf(answer, "%3d ", &status); err == nil {
		answer = answer[4:]
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(answer))
}

const (
	pending = `{"error": "authorization_pending", "error_description": "The authorization request is still pending."}`
	granted = `{"access_token": "` + deviceToken + `", "token_type": "bearer", "scope": "repo,workflow,read:org"}`
)

func TestDevice(t *testing.T) {
	t.Parallel()
	s := &deviceServer{code: goodCode, polls: []string{pending, granted}}
	host := s.start(t)
	d, err := RequestDevice(t.Context(), host, "app", Patience{})
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(d.Expires); d.UserCode != "ABCD-1234" || d.URL != "https://github.com/login/device" || left < 14*time.Minute || left > 15*time.Minute {
		t.Errorf("device = %s at %s for %s, want what the server said", d.UserCode, d.URL, left)
	}
	token, err := d.Wait(t.Context())
	if err != nil || token != deviceToken {
		t.Errorf("Wait = %q, %v, want the token", token, err)
	}
	if got := s.polled.Load(); got != 2 {
		t.Errorf("polled %d times, want 2", got)
	}
}

// TestDeviceSlowDown polls slower once it is told to.
func TestDeviceSlowDown(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits for 7 s")
	}
	s := &deviceServer{code: goodCode, polls: []string{`{"error": "slow_down", "interval": 6}`, granted}}
	d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := d.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 7*time.Second {
		t.Errorf("took %s, want the 1 s and then 6 s", took)
	}
}

// TestDeviceHoldsOut where an answer is cut or the server fails for a moment.
func TestDeviceHoldsOut(t *testing.T) {
	t.Parallel()
	s := &deviceServer{code: goodCode, polls: []string{"cut", "503 unwell", granted}}
	d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
	if err != nil {
		t.Fatal(err)
	}
	if token, err := d.Wait(t.Context()); err != nil || token != deviceToken {
		t.Errorf("Wait = %q, %v, want the token", token, err)
	}
}

func TestRequestDeviceRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, answer string
		want         error
		says         string
	}{
		{"disabled", `{"error": "device_flow_disabled", "error_description": "Device Flow must be explicitly enabled for this App"}`, ErrApp, "not enabled"},
		{"unknown app", `404 {"error":"Not Found"}`, ErrApp, "no app with this client id"},
		{"wrong credentials", `{"error": "incorrect_client_credentials"}`, ErrApp, "no app with this client id"},
		{"something new", `{"error": "moon_is_full"}`, errRefused, "moon_is_full"},
		{"something to fool a terminal", `{"error": "\u001b[2Jgone"}`, errRefused, "400"},
		{"down", `502 <html>`, ErrUnavailable, "502"},
		{"too often", `429 {}`, ErrLimited, "Too Many"},
		{"moved", `302 {}`, errRefused, "302"},
		{"cut", "cut", ErrUnreachable, "EOF"},
		{"no JSON", "<html>" + deviceToken, errRefused, "not what GitHub's would be"},
		{"empty", "{}", errRefused, "not what GitHub's would be"},
		{"null", "null", errRefused, "not what GitHub's would be"},
		{"a code to fool a terminal", strings.Replace(goodCode, "ABCD", `\u001b[2J`, 1), errRefused, "not what GitHub's would be"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &deviceServer{code: tt.answer}
			d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
			checkRefusal(t, d != nil, err, tt.want, tt.says)
		})
	}
}

func TestDeviceRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, answer string
		want         error
		says         string
	}{
		{"denied", `{"error": "access_denied"}`, ErrDenied, "turned down"},
		{"expired", `{"error": "expired_token"}`, ErrCodeExpired, "in time"},
		{"unsupported", `{"error": "unsupported_grant_type"}`, ErrApp, "unsupported grant type"},
		{"wrong app", `{"error": "incorrect_client_credentials"}`, ErrApp, "client id"},
		{"wrong code", `{"error": "incorrect_device_code"}`, ErrApp, "incorrect device code"},
		{"no token", `{}`, errRefused, "not what GitHub's would be"},
		{"no JSON with a token", `access_token=` + deviceToken + `%zz`, errRefused, "not what GitHub's would be"},
		{"an error with a token", `400 {"access_token": "` + deviceToken + `"}`, errRefused, "400"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &deviceServer{code: goodCode, polls: []string{tt.answer}}
			d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
			if err != nil {
				t.Fatal(err)
			}
			token, err := d.Wait(t.Context())
			checkRefusal(t, token != "", err, tt.want, tt.says)
		})
	}
}

func checkRefusal(t *testing.T, got bool, err, want error, says string) {
	t.Helper()
	if got || !errors.Is(err, want) {
		t.Fatalf("err = %v, want %v", err, want)
	}
	if !strings.Contains(err.Error(), says) {
		t.Errorf("err = %q, want %q in it", err, says)
	}
	for _, hidden := range []string{"secret", "oauth2", "\x1b"} {
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), hidden) {
			t.Errorf("err = %q shows %q", err, hidden)
		}
	}
}

// TestDeviceGivesUp where the server is gone for good.
func TestDeviceGivesUp(t *testing.T) {
	t.Parallel()
	s := &deviceServer{code: goodCode, polls: []string{"cut"}}
	d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
	if err != nil {
		t.Fatal(err)
	}
	d.unanswered = mostUnanswered - 2 // as after some polls
	if _, err := d.Wait(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Errorf("Wait = %v, want %v", err, ErrUnreachable)
	}
	if got := s.polled.Load(); got != 2 {
		t.Errorf("polled %d times, want 2", got)
	}
}

func TestDeviceTimes(t *testing.T) {
	t.Parallel()
	t.Run("one request takes too long", func(t *testing.T) {
		t.Parallel()
		s := &deviceServer{code: goodCode, polls: []string{granted}, delay: time.Hour}
		d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{Timeout: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		d.unanswered = mostUnanswered - 1
		if _, err := d.Wait(t.Context()); !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "none within 50ms") {
			t.Errorf("Wait = %v, want %v", err, ErrUnreachable)
		}
	})
	t.Run("the code expires", func(t *testing.T) {
		t.Parallel()
		s := &deviceServer{code: strings.Replace(goodCode, "900", "2", 1), polls: []string{pending}}
		d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Wait(t.Context()); !errors.Is(err, ErrCodeExpired) {
			t.Errorf("Wait = %v, want %v", err, ErrCodeExpired)
		}
	})
	t.Run("the code expires during a request", func(t *testing.T) {
		t.Parallel()
		s := &deviceServer{code: strings.Replace(goodCode, "900", "2", 1), polls: []string{pending}, delay: time.Hour}
		d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Wait(t.Context()); !errors.Is(err, ErrCodeExpired) {
			t.Errorf("Wait = %v, want %v", err, ErrCodeExpired)
		}
	})
	t.Run("no connection in time", func(t *testing.T) {
		t.Parallel()
		d := &Device{answer: &oauth2.DeviceAuthResponse{Expiry: time.Now().Add(time.Hour)}}
		timeout := &url.Error{Op: "Post", URL: "https://github.com", Err: context.DeadlineExceeded} // net's is the same
		if err := d.failed(t.Context(), "wait", timeout); !errors.Is(err, ErrUnreachable) {
			t.Errorf("failed = %v, want %v", err, ErrUnreachable)
		}
	})
	t.Run("a negative interval", func(t *testing.T) {
		t.Parallel()
		s := &deviceServer{code: strings.Replace(goodCode, `"interval": 1`, `"interval": -1`, 1)}
		d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
		if err != nil || d.answer.Interval != 5 {
			t.Errorf("RequestDevice = %v, want an interval of 5 s", err)
		}
	})
}

// TestDeviceInterrupted ends at once, whatever is under way.
func TestDeviceInterrupted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		wait time.Duration
	}{{"between polls", 100 * time.Millisecond}, {"during a poll", 1300 * time.Millisecond}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &deviceServer{code: goodCode, polls: []string{pending}, delay: time.Hour}
			d, err := RequestDevice(t.Context(), s.start(t), "app", Patience{})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(tt.wait, cancel)
			began := time.Now()
			if _, err := d.Wait(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("Wait = %v, want %v", err, context.Canceled)
			}
			if took := time.Since(began); took > tt.wait+5*time.Second {
				t.Errorf("ended after %s", took)
			}
		})
	}
	t.Run("the request for a code", func(t *testing.T) {
		t.Parallel()
		released := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
		t.Cleanup(server.Close)
		t.Cleanup(func() { close(released) })
		host, err := ParseHost("", server.URL)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		if _, err := RequestDevice(ctx, host, "app", Patience{}); !errors.Is(err, context.Canceled) {
			t.Errorf("RequestDevice = %v, want %v", err, context.Canceled)
		}
	})
}
