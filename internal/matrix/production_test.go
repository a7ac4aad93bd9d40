//go:build e2e

package matrix_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/live"
)

var working = regexp.MustCompile(`msg=working on=(.*)`)

// checkInProduction proves a project of phase 3 on all of its real parts.
func checkInProduction(t *testing.T, dir, programs string, db *live.Postgres) {
	program := filepath.Join(programs, "api")
	redis := live.StartRedis(t)
	tests := []string{"TEST_DATABASE_URL=" + db.URL, "TEST_REDIS_URL=" + redis.URL}
	parts := []string{"REDIS_URL=" + redis.URL, "JWT_SECRET=0123456789abcdef0123456789abcdef"}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mod), "/amqp091-go ") {
		rabbit := live.StartRabbitMQ(t)
		tests = append(tests, "TEST_RABBITMQ_URL="+rabbit.URL)
		parts = append(parts, "RABBITMQ_URL="+rabbit.URL)
	}
	t.Run("test", func(t *testing.T) { test(t, dir, tests...) })
	t.Run("tour", func(t *testing.T) {
		env := slices.Concat(parts, []string{onDatabase(t, dir, program, db), "ADMIN_ADDR=127.0.0.1:0"})
		w := run(t, working, env, filepath.Join(programs, "worker"))
		s := start(t, program, env...)
		prometheus := watch(t, dir, map[string]*server{"api": s, "worker": w})
		checkTour(t, dir, s)
		checkMail(t, s, w)
		useMeanwhile(t, s)
		checkDashboard(t, dir, prometheus)
	})
}

// checkMail reserves, changes and cancels, and waits for the worker's e-mails.
func checkMail(t *testing.T, api, worker *server) {
	c := api.logIn(t, "mail")
	made, status := c.reserve(t.Context(), c.aRoom(t), "Mail", 330)
	if status != http.StatusCreated {
		t.Fatalf("reserve: %d", status)
	}
	if status := c.do(t.Context(), http.MethodPatch, "/v1/reservations/"+made.ID, map[string]any{"title": "More mail"}, nil); status != http.StatusOK {
		t.Fatalf("change: %d", status)
	}
	if status := c.do(t.Context(), http.MethodPost, "/v1/reservations/"+made.ID+"/cancel", nil, nil); status != http.StatusOK {
		t.Fatalf("cancel: %d", status)
	}
	for _, change := range []string{"Confirmed", "Changed", "Cancelled"} {
		line := fmt.Sprintf("to=mail@example.com subject=\"%s: ", change)
		worker.logged(t, regexp.MustCompile(regexp.QuoteMeta(line)))
		if n := strings.Count(worker.log.String(), line); n != 1 {
			t.Fatalf("%d e-mails %q, want one:\n%s", n, change, worker.log)
		}
	}
}

// aRoom returns the id of a room.
func (c client) aRoom(t *testing.T) string {
	t.Helper()
	var rooms struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	c.get(t, "/v1/rooms?page_size=1", &rooms)
	return rooms.Items[0].ID
}

// reserve reserves an hour of the room, some days from now, and returns the status
// of the answer, too.
func (c client) reserve(ctx context.Context, room, title string, days int) (made booking, status int) {
	start := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, days)
	status = c.do(ctx, http.MethodPost, "/v1/reservations", map[string]any{
		"room_id": room, "title": title, "starts_at": start, "ends_at": start.Add(time.Hour),
	}, &made)
	return made, status
}

// useMeanwhile uses the API until the test ends: a rate can only be seen of what goes
// on.
func useMeanwhile(t *testing.T, api *server) {
	t.Helper()
	c := api.logIn(t, "meanwhile")
	room := c.aRoom(t)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var user sync.WaitGroup
	user.Go(func() {
		for ctx.Err() == nil {
			c.do(ctx, http.MethodGet, "/v1/rooms", nil, nil)
			made, _ := c.reserve(ctx, room, "Meanwhile", 320)
			c.do(ctx, http.MethodPost, "/v1/reservations/"+made.ID+"/cancel", nil, nil)
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	})
	t.Cleanup(func() {
		stop()
		user.Wait()
	})
}
