package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestAdminWhileStopping reads the metrics of a program that stops, which counts requests
// until the end.
func TestAdminWhileStopping(t *testing.T) {
	env := map[string]string{"HTTP_ADDR": "127.0.0.1:0", "ADMIN_ADDR": "127.0.0.1:0", "SHUTDOWN_DELAY": "1s"}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	log, done := new(journal), make(chan int)
	go func() {
		done <- run(ctx, []string{"serve"}, func(name string) string { return env[name] }, nil, io.Discard, log)
	}()
	api := "http://" + log.waitFor(t, `msg=listening addr=(\S+)`)
	admin := "http://" + log.waitFor(t, `msg="admin listening" addr=(\S+)`)

	stop()
	log.waitFor(t, "msg=stopping")
	for _, url := range []string{api + "/v1/rooms", admin + "/healthz"} {
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
