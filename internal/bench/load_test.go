package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/live"
)

const (
	ratePerSecond = 1000
	steadyTime    = 60 * time.Second
	readsToWrite  = 9
	slowest       = 50 * time.Millisecond // of 99 in 100 requests
)

// crowd is many clients, each at an address of its own, some of them logged in.
type crowd struct {
	url    string
	client *http.Client
	rooms  []string // their ids
	tokens []string
	wishes atomicCounter
}

type atomicCounter struct {
	mu sync.Mutex
	n  int
}

func (c *atomicCounter) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n - 1
}

const accounts = 30

// newCrowd makes accounts through the API at url.
func newCrowd(t *testing.T, url string) *crowd {
	t.Helper()
	c := &crowd{url: url, client: &http.Client{
		Timeout:   15 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256},
	}}
	for page := 1; page <= 10; page++ {
		var list struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		c.must(t, http.MethodGet, fmt.Sprintf("/v1/rooms?page_size=100&page=%d", page), "", nil, &list)
		for _, room := range list.Items {
			c.rooms = append(c.rooms, room.ID)
		}
	}
	for i := range accounts {
		account := map[string]string{"email": fmt.Sprintf("load%d@example.com", i), "password": "correct horse battery"}
		registration := maps.Clone(account)
		registration["name"] = "Load"
		var tokens struct {
			Access string `json:"access_token"`
		}
		c.must(t, http.MethodPost, "/v1/auth/register", "", registration, nil)
		c.must(t, http.MethodPost, "/v1/auth/login", "", account, &tokens)
		c.tokens = append(c.tokens, tokens.Access)
	}
	return c
}

func (c *crowd) must(t *testing.T, method, path, token string, body, answer any) {
	t.Helper()
	if status, err := c.do(t.Context(), method, path, token, "", body, answer); err != nil || status >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d, %v", method, path, status, err)
	}
}

// do sends a request from an address of its own.
func (c *crowd) do(ctx context.Context, method, path, token, key string, body, answer any) (status int, err error) {
	var sent io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		sent = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, sent)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", rand.IntN(4), rand.IntN(256), 1+rand.IntN(254)))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	response, err := c.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	if answer != nil && response.StatusCode < http.StatusBadRequest {
		return response.StatusCode, json.Unmarshal(data, answer)
	}
	return response.StatusCode, nil
}

// wish is a reservation that nothing stands in the way of.
func (c *crowd) wish() map[string]any {
	n := c.wishes.next()
	start := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1).Add(time.Duration(n/len(c.rooms)) * 15 * time.Minute)
	return map[string]any{
		"room_id": c.rooms[n%len(c.rooms)], "title": "Load " + strconv.Itoa(n),
		"starts_at": start, "ends_at": start.Add(15 * time.Minute),
	}
}

// request sends one of the requests of the mix, and says what came of it.
func (c *crowd) request(ctx context.Context, i int) string {
	var status int
	var err error
	kind := "read"
	switch i % (readsToWrite + 1) {
	case 0:
		kind = "write"
		status, err = c.do(ctx, http.MethodPost, "/v1/reservations", c.tokens[(i/(readsToWrite+1))%len(c.tokens)], "", c.wish(), nil)
	case 1, 2, 3:
		status, err = c.do(ctx, http.MethodGet, "/v1/rooms/"+c.rooms[rand.IntN(len(c.rooms))], "", "", nil, nil)
	default:
		status, err = c.do(ctx, http.MethodGet, fmt.Sprintf("/v1/rooms?page=%d", 1+rand.IntN(10)), "", "", nil, nil)
	}
	if err != nil {
		return kind + " " + err.Error()
	}
	return kind + " " + strconv.Itoa(status)
}

// outcome is what came of a load.
type outcome struct {
	mu    sync.Mutex
	count map[string]int
	took  []time.Duration // from when the request was due, not from when it was sent
}

// run sends requests at a rate for a time, whether answers come or not.
func (c *crowd) run(ctx context.Context, rate int, d time.Duration) *outcome {
	o := &outcome{count: map[string]int{}}
	var inFlight sync.WaitGroup
	start := time.Now()
	for i := range int(d.Seconds() * float64(rate)) {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(rate))
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		if ctx.Err() != nil {
			break
		}
		inFlight.Go(func() {
			what := c.request(context.WithoutCancel(ctx), i)
			took := time.Since(due)
			o.mu.Lock()
			defer o.mu.Unlock()
			o.count[what]++
			o.took = append(o.took, took)
		})
	}
	inFlight.Wait()
	return o
}

// failed counts what no client deserves.
func (o *outcome) failed() int {
	failed := 0
	for what, n := range o.count {
		if what != "read 200" && what != "write 201" {
			failed += n
		}
	}
	return failed
}

// TestSteadyLoad holds 1000 requests a second for a minute, nine reads to one write.
func TestSteadyLoad(t *testing.T) {
	onlyAsBenchmark(t)
	db := live.StartPostgres(t)
	var figures report
	eachFramework(t, "redis", func(t *testing.T, p *project) {
		cache := live.OwnRedis(t)
		p.onDatabase(t, db)
		api := p.start(t, "api", nil, freePort(t), "REDIS_URL="+cache.URL)
		p.start(t, "worker", nil, freePort(t), "REDIS_URL="+cache.URL)
		waitReady(t, api.url+"/readyz")
		c := newCrowd(t, api.url)
		c.run(t.Context(), ratePerSecond/2, 3*time.Second) // to warm up

		o := c.run(t.Context(), ratePerSecond, steadyTime)
		p50, p99 := percentile(o.took, 0.5), percentile(o.took, 0.99)
		figures.add(p.framework+" steady load", "%d requests at %d/s, p50 %v, p99 %v (under %v wanted), max %v: %v",
			len(o.took), ratePerSecond, p50.Round(time.Microsecond*10), p99.Round(time.Microsecond*10), slowest, slices.Max(o.took).Round(time.Millisecond), o.count)
		if failed := o.failed(); failed > 0 {
			t.Errorf("%d requests failed: %v", failed, o.count)
		}
		if p99 >= slowest {
			t.Errorf("p99 = %v, want under %v", p99, slowest)
		}
	})
	figures.print(t)
}

// TestRollingUpdate updates three replicas behind a load balancer, one after the
// other, as deploy/start.sh does, while the load goes on.
func TestRollingUpdate(t *testing.T) {
	onlyAsBenchmark(t)
	db := live.StartPostgres(t)
	var figures report
	eachFramework(t, "redis", func(t *testing.T, p *project) {
		cache := live.OwnRedis(t)
		p.onDatabase(t, db)
		settings := []string{"REDIS_URL=" + cache.URL, "SHUTDOWN_DELAY=5s"}
		ports := []string{freePort(t), freePort(t), freePort(t)}
		replicas := make([]*program, len(ports))
		for i, port := range ports {
			replicas[i] = p.start(t, "api", nil, port, settings...)
			waitReady(t, replicas[i].url+"/readyz")
		}
		c := newCrowd(t, balance(t, filepath.Join(p.bin, "..", "deploy", "Caddyfile"), ports))

		ctx, stop := context.WithCancel(t.Context())
		done := make(chan *outcome)
		go func() { done <- c.run(ctx, ratePerSecond, 5*time.Minute) }()
		time.Sleep(5 * time.Second)
		for i, port := range ports {
			if err := replicas[i].cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			<-replicas[i].done
			if code := replicas[i].cmd.ProcessState.ExitCode(); code != 0 {
				t.Errorf("replica %d ended with %d", i, code)
			}
			replicas[i] = p.start(t, "api", nil, port, settings...)
			waitReady(t, replicas[i].url+"/readyz")
			time.Sleep(3 * time.Second)
		}
		time.Sleep(3 * time.Second)
		stop()
		o := <-done
		figures.add(p.framework+" rolling update", "%d requests at %d/s, %d failed (0 wanted), p99 %v: %v",
			len(o.took), ratePerSecond, o.failed(), percentile(o.took, 0.99).Round(10*time.Microsecond), o.count)
		if failed := o.failed(); failed > 0 {
			t.Errorf("%d requests failed: %v", failed, o.count)
		}
	})
	figures.print(t)
}

// balance starts Caddy with the project's own Caddyfile in front of the ports, and
// returns its URL.
func balance(t *testing.T, caddyfile string, ports []string) string {
	t.Helper()
	data, err := os.ReadFile(caddyfile)
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	upstreams := make([]string, len(ports))
	for i, p := range ports {
		upstreams[i] = "127.0.0.1:" + p
	}
	// It passes on who its client is for, as a server behind another proxy would.
	text := strings.Replace(string(data), "lb_policy", "trusted_proxies 127.0.0.0/8\n\t\tlb_policy", 1)
	dir := t.TempDir()
	file := filepath.Join(dir, "Caddyfile")
	text = "{\n\tadmin off\n}\n" + text
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(live.Tool(t, "caddy"), "run", "--config", file, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir,
		"SITE=http://127.0.0.1:"+port, "UPSTREAMS="+strings.Join(upstreams, " "))
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = log.Close()
		if t.Failed() {
			t.Logf("Caddy logged:\n%s", tail(log.Name()))
		}
	})
	url := "http://127.0.0.1:" + port
	waitReady(t, url+"/v1/rooms")
	return url
}
