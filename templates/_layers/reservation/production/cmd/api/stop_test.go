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

// TestGoodbye stops the program: for a while /readyz fails and all else goes on.
func TestGoodbye(t *testing.T) {
	env := map[string]string{"HTTP_ADDR": "127.0.0.1:0", "ADMIN_ADDR": "127.0.0.1:0", "SHUTDOWN_DELAY": "1s"}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, done := new(journal), make(chan int)
	go func() {
		done <- run(ctx, []string{"serve"}, func(name string) string { return env[name] }, nil, io.Discard, log)
	}()
	api := "http://" + log.waitFor(t, `msg=listening addr=(\S+)`)
	admin := "http://" + log.waitFor(t, `msg="admin listening" addr=(\S+)`)
	if code, body := status(t, api+"/readyz"); code != http.StatusOK {
		t.Fatalf("GET /readyz = %d %s, want 200", code, body)
	}

	stop()
	log.waitFor(t, "msg=stopping")
	if code, body := status(t, api+"/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "about to stop") {
		t.Errorf("GET /readyz of a program that stops = %d %s, want 503 and the reason", code, body)
	}
	for _, url := range []string{api + "/healthz", api + "/v1/rooms", admin + "/healthz"} {
		if code, body := status(t, url); code != http.StatusOK {
			t.Errorf("GET %s of a program that stops = %d %s, want 200", url, code, body)
		}
	}
	if code, body := status(t, admin+"/metrics"); code != http.StatusOK || !strings.Contains(body, `route="/v1/rooms",status="200"`) {
		t.Errorf("GET /metrics = %d, want 200 and the request for rooms in\n%s", code, body)
	}
	if code := <-done; code != ok {
		t.Errorf("run(serve) = %d, want 0", code)
	}
}

// TestJobsInProcess reserves a room of a program without any service, which writes
// the e-mail by itself.
func TestJobsInProcess(t *testing.T) {
	env := map[string]string{"HTTP_ADDR": "127.0.0.1:0"}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, done := new(journal), make(chan int)
	go func() {
		done <- run(ctx, []string{"serve"}, func(name string) string { return env[name] }, nil, io.Discard, log)
	}()
	api := "http://" + log.waitFor(t, `msg=listening addr=(\S+)`)
	post := func(path, token, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, api+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode >= http.StatusBadRequest {
			t.Fatalf("POST %s = %s %s, %v", path, response.Status, answer, err)
		}
		return string(answer)
	}
	pick := func(json, field string) string {
		t.Helper()
		found := regexp.MustCompile(`"` + field + `":"([^"]*)"`).FindStringSubmatch(json)
		if found == nil {
			t.Fatalf("%s has no %s", json, field)
		}
		return found[1]
	}
	post("/v1/auth/register", "", `{"email":"sari@example.com","name":"Sari","password":"correct horse battery"}`)
	token := pick(post("/v1/auth/login", "", `{"email":"sari@example.com","password":"correct horse battery"}`), "access_token")
	_, rooms := status(t, api+"/v1/rooms")
	tomorrow := time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	post("/v1/reservations", token, `{"room_id":"`+pick(rooms, "id")+`","title":"Retro",`+
		`"starts_at":"`+tomorrow+`T09:00:00Z","ends_at":"`+tomorrow+`T10:00:00Z"}`)

	log.waitFor(t, `msg=mail .*to=sari@example.com subject="Confirmed: .+"`)
	log.waitFor(t, `msg="job done" .*kind=reservation.confirmed`)
	stop()
	if code := <-done; code != ok {
		t.Errorf("run(serve) = %d, want 0", code)
	}
}
