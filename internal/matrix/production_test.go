package matrix_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/live"
)

var working = regexp.MustCompile(`msg=working on=(.*)`)

// checkInProduction proves a project of phase 3 on all of its real parts.
func checkInProduction(t *testing.T, dir, program string, db *live.Postgres) {
	redis := live.StartRedis(t)
	tests := []string{"TEST_DATABASE_URL=" + db.URL, "TEST_REDIS_URL=" + redis.URL}
	parts := []string{"REDIS_URL=" + redis.URL, "JWT_SECRET=0123456789abcdef0123456789abcdef"}
	if has(dir, "internal/queue/topology.go") {
		rabbit := live.StartRabbitMQ(t)
		tests = append(tests, "TEST_RABBITMQ_URL="+rabbit.URL)
		parts = append(parts, "RABBITMQ_URL="+rabbit.URL)
	}
	t.Run("test", func(t *testing.T) { test(t, dir, tests...) })
	t.Run("tour", func(t *testing.T) {
		env := slices.Concat(parts, []string{onDatabase(t, dir, program, db), "ADMIN_ADDR=127.0.0.1:0"})
		worker := filepath.Join(t.TempDir(), "worker")
		command(t, dir, "go", "build", "-o", worker, "./cmd/worker")
		w := run(t, working, env, worker)
		s := start(t, program, env...)
		prometheus := watch(t, dir, map[string]*server{"api": s, "worker": w})
		checkTour(t, dir, s)
		checkMail(t, s, w)
		checkDashboard(t, dir, prometheus)
	})
}

// checkMail reserves, changes and cancels, and waits for the worker's e-mails.
func checkMail(t *testing.T, api, worker *server) {
	c := api.logIn(t, "mail")
	var rooms struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	c.get(t, "/v1/rooms?page_size=1", &rooms)
	start := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 330)
	var made booking
	if status := c.do(t.Context(), http.MethodPost, "/v1/reservations", map[string]any{
		"room_id": rooms.Items[0].ID, "title": "Mail", "starts_at": start, "ends_at": start.Add(time.Hour),
	}, &made); status != http.StatusCreated {
		t.Fatalf("reserve: %d", status)
	}
	if status := c.do(t.Context(), http.MethodPatch, "/v1/reservations/"+made.ID, map[string]any{"title": "More mail"}, nil); status != http.StatusOK {
		t.Fatalf("change: %d", status)
	}
	if status := c.do(t.Context(), http.MethodPost, "/v1/reservations/"+made.ID+"/cancel", nil, nil); status != http.StatusOK {
		t.Fatalf("cancel: %d", status)
	}
	for _, subject := range []string{"Confirmed: Mail", "Changed: More mail", "Cancelled: More mail"} {
		line := fmt.Sprintf("to=mail@example.com subject=%q", subject)
		worker.logged(t, regexp.MustCompile(regexp.QuoteMeta(line)))
		if n := strings.Count(worker.log.String(), line); n != 1 {
			t.Fatalf("%d e-mails %q, want one:\n%s", n, subject, worker.log)
		}
	}
}
