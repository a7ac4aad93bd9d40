package bench_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/live"
)

const (
	chaosTime  = 2 * time.Minute
	settleTime = 8 * time.Minute // retries wait long by then, and asynq's leases run out late
	writers    = 20
)

// victim is something that is killed and comes back.
type victim struct {
	name  string
	kill  func()
	start func()
}

// TestChaos kills everything but the database at random while clients reserve.
// Whatever was accepted must be there in the end, with exactly one e-mail. A
// message that came twice has one Message-ID, by which a mailbox knows it; how many
// did is reported.
func TestChaos(t *testing.T) {
	onlyAsBenchmark(t)
	for _, queue := range []string{"redis", "rabbitmq"} {
		t.Run(queue, func(t *testing.T) {
			var figures report
			eachFramework(t, queue, func(t *testing.T, p *project) { chaos(t, p, queue, &figures) })
			figures.print(t)
		})
	}
}

func chaos(t *testing.T, p *project, queue string, figures *report) {
	db, redis, mail := live.StartPostgres(t), live.OwnRedis(t), newMailbox(t)
	database := p.onDatabase(t, db)
	settings := []string{"REDIS_URL=" + redis.URL, "SMTP_URL=" + mail.url}
	victims := []victim{{"redis", redis.Kill, func() { redis.Start(t) }}}
	if queue == "rabbitmq" {
		rabbit := live.OwnRabbitMQ(t)
		settings = append(settings, "RABBITMQ_URL="+rabbit.URL)
		victims = append(victims, victim{"rabbitmq", rabbit.Kill, func() { rabbit.Start(t) }})
	}
	port := freePort(t)
	for name, args := range map[string][]string{"api": nil, "relay": {"relay"}, "mail": {"mail"}} {
		program := "worker"
		if name == "api" {
			program = "api"
		}
		running := p.start(t, program, args, port, settings...)
		victims = append(victims, victim{
			name:  name,
			kill:  func() { running.kill() },
			start: func() { running = p.start(t, program, args, port, settings...) },
		})
	}
	waitReady(t, "http://127.0.0.1:"+port+"/readyz")
	c := newCrowd(t, "http://127.0.0.1:"+port)

	ctx, stop := context.WithTimeout(t.Context(), chaosTime)
	defer stop()
	var clients sync.WaitGroup
	var mu sync.Mutex
	var accepted []string
	for i := range writers {
		clients.Go(func() {
			for ctx.Err() == nil {
				if id := c.reserveForSure(t, i); id != "" {
					mu.Lock()
					accepted = append(accepted, id)
					mu.Unlock()
				}
			}
		})
	}
	kills := killAtRandom(ctx, victims)
	clients.Wait()

	missing := waitForMail(t, mail, accepted)
	dead := deadJobs(t, p, settings)
	again := 0
	for _, id := range accepted {
		different, twice := mail.about(id)
		again += twice
		if different > 1 || different == 0 && dead == 0 {
			t.Errorf("reservation %s has %d e-mails, want one", id, different)
		}
	}
	if len(missing) > dead {
		t.Errorf("%d reservations have no e-mail, and %d jobs are dead", len(missing), dead)
	}
	if stored := count(t, database, accepted); stored != len(accepted) {
		t.Errorf("%d reservations were accepted, %d are stored", len(accepted), stored)
	}
	figures.add(p.framework+" chaos", "%d accepted and stored, %d e-mails sent again under the same Message-ID, %d dead; kills: %v",
		len(accepted), again, dead, kills)
}

// count returns how many of the reservations the database has.
func count(t *testing.T, database string, ids []string) int {
	t.Helper()
	query := filepath.Join(t.TempDir(), "count.sql") // too long for a command line
	text := "SELECT count(*) FROM reservations WHERE id IN ('" + strings.Join(ids, "','") + "')"
	if err := os.WriteFile(query, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := command(t, ".", nil, "psql", "--tuples-only", "--no-align", "--file", query, database)
	n, err := strconv.Atoi(strings.TrimSpace(out))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// reserveForSure asks under one key until it gets an answer that is one, and
// returns the reservation's id.
func (c *crowd) reserveForSure(t *testing.T, writer int) string {
	wish, key := c.wish(), fmt.Sprintf("%d-%d", writer, rand.Int64())
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); {
		var made struct {
			ID string `json:"id"`
		}
		status, err := c.do(context.WithoutCancel(t.Context()), http.MethodPost, "/v1/reservations", c.tokens[writer], key, wish, &made)
		switch {
		case err == nil && status == http.StatusCreated:
			time.Sleep(50 * time.Millisecond)
			return made.ID
		case err == nil && status < http.StatusInternalServerError && status != http.StatusTooManyRequests:
			t.Errorf("reserve: %d", status)
			return ""
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("no answer in three minutes")
	return ""
}

// killAtRandom kills one victim after the other until ctx is done, and says how
// often each was killed. All of them are alive in the end.
func killAtRandom(ctx context.Context, victims []victim) map[string]int {
	kills := map[string]int{}
	for ctx.Err() == nil {
		v := victims[rand.IntN(len(victims))]
		v.kill()
		kills[v.name]++
		time.Sleep(time.Duration(rand.IntN(1000)) * time.Millisecond)
		v.start()
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(500+rand.IntN(3000)) * time.Millisecond):
		}
	}
	return kills
}

// waitForMail returns the reservations about which no e-mail came in time.
func waitForMail(t *testing.T, mail *mailbox, accepted []string) []string {
	t.Helper()
	missing := slices.Clone(accepted)
	for deadline := time.Now().Add(settleTime); len(missing) > 0 && time.Now().Before(deadline); time.Sleep(time.Second) {
		missing = slices.DeleteFunc(missing, func(id string) bool {
			different, _ := mail.about(id)
			return different > 0
		})
	}
	time.Sleep(5 * time.Second) // for a message that should not come
	return missing
}

// deadJobs counts what `api jobs dead list` shows.
func deadJobs(t *testing.T, p *project, settings []string) int {
	t.Helper()
	out := command(t, ".", slices.Concat(p.env, settings), filepath.Join(p.bin, "api"), "jobs", "dead", "list")
	if strings.HasPrefix(out, "no job") {
		return 0
	}
	kinds := map[string]bool{}
	for line := range strings.Lines(out) {
		kinds[line] = true
	}
	return len(slices.Collect(maps.Keys(kinds))) - 1 // without the heading
}
