package bench_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/live"
)

// The figures that phase 3 must reach, as ratios within one run.
const (
	leastOfBare     = 0.5
	leastOfDatabase = 3.0
)

// TestThroughput compares the list of rooms out of the cache, with everything that
// is around it, with a bare handler and with the same route without the cache.
func TestThroughput(t *testing.T) {
	onlyAsBenchmark(t)
	db := live.StartPostgres(t)
	var figures report
	eachFramework(t, "redis", func(t *testing.T, p *project) {
		cache := live.OwnRedis(t)
		p.onDatabase(t, db)
		// Nobody is to be limited, but everybody counted.
		p.env = append(p.env, "RATE_LIMIT_IP=1000000/s")
		withCache := p.start(t, "api", nil, freePort(t), "REDIS_URL="+cache.URL)
		without := p.start(t, "api", nil, freePort(t), "REDIS_URL="+cache.URL, "CACHE_TTL=0s")
		bare := p.start(t, "bare", nil, freePort(t), "REDIS_URL="+cache.URL)
		for _, s := range []*program{withCache, without} {
			waitReady(t, s.url+"/readyz")
		}
		remember(t, cache.URL, get(t, withCache.url+"/v1/rooms"))
		waitReady(t, bare.url+"/v1/rooms")

		best := capacities(t, withCache, without, bare)
		cached, uncached, plain := best[0], best[1], best[2]
		figures.add(p.framework+" bare handler", "%6.0f requests/s", plain)
		figures.add(p.framework+" cached", "%6.0f requests/s, %.2f of bare (at least %.2f wanted)", cached, cached/plain, leastOfBare)
		figures.add(p.framework+" PostgreSQL", "%6.0f requests/s, cached is %.2f times that (at least %.2f wanted)", uncached, cached/uncached, leastOfDatabase)
		if cached < leastOfBare*plain {
			t.Errorf("from the cache %.0f requests/s, %.2f of the bare handler's %.0f, want at least %.2f", cached, cached/plain, plain, leastOfBare)
		}
		if cached < leastOfDatabase*uncached {
			t.Errorf("from the cache %.0f requests/s, %.2f times the database's %.0f, want at least %.2f times", cached, cached/uncached, uncached, leastOfDatabase)
		}
	})
	figures.print(t)
}

// crowds are how many clients ask at once: a few keep a fast program busy, while one
// that gathers what it asks Redis for needs more.
var crowds = []int{64, 256}

// capacities returns how many requests a second each program answers, with as many
// clients as it likes best. The programs take turns, so that what else the machine
// does is shared out among them.
func capacities(t *testing.T, programs ...*program) []float64 {
	t.Helper()
	best := make([]float64, len(programs))
	for _, clients := range crowds {
		rates := make([][]float64, len(programs))
		for range 5 {
			for i, s := range programs {
				rates[i] = append(rates[i], wrk(t, clients, s.url+"/v1/rooms"))
			}
		}
		for i := range programs {
			best[i] = max(best[i], median(rates[i]))
		}
	}
	return best
}

// remember stores what the bare handler answers.
func remember(t *testing.T, url string, body []byte) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), live.Tool(t, "redis-cli"), "-u", url, "-x", "SET", "bare")
	cmd.Stdin = bytes.NewReader(body)
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "OK\n" {
		t.Fatalf("SET bare: %v\n%s", err, out)
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", url, response.Status, err)
	}
	return body
}

var (
	wrkRate  = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	wrkWrong = regexp.MustCompile(`Non-2xx|Socket errors`)
)

// wrk returns how many requests a second are answered when so many clients ask as
// fast as they can.
func wrk(t *testing.T, clients int, url string) float64 {
	t.Helper()
	out := command(t, ".", nil, live.Tool(t, "wrk"), "--threads", "1", "--connections", strconv.Itoa(clients), "--duration", "3s", url)
	found := wrkRate.FindStringSubmatch(out)
	if found == nil || wrkWrong.MatchString(out) {
		t.Fatalf("wrk %s:\n%s", url, out)
	}
	rate, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return rate
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// percentile returns the value under which that part of the values is.
func percentile(values []time.Duration, part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*part))]
}
