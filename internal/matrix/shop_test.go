//go:build e2e

package matrix_test

import (
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/phasekit/scaffold/internal/live"
)

var gatewayListening = regexp.MustCompile(`msg=listening service=gateway addr=(\S+)`) // of several in one log

// checkShop proves a project of several services: in one process, and each as a process
// of its own with a database of its own, which its tests start.
func checkShop(t *testing.T, dir, programs string) {
	t.Run("demo", func(t *testing.T) {
		for method, end := range map[string]string{"card": "the order is completed", "card-declined": "the order is cancelled: payment-declined"} {
			out, err := exec.CommandContext(t.Context(), filepath.Join(programs, "shop"), "demo", "-method", method).CombinedOutput()
			if err != nil || !strings.Contains(string(out), end) {
				t.Errorf("shop demo -method %s: %v\n%s", method, err, out)
			}
		}
	})
	t.Run("PostgreSQL and Jaeger", func(t *testing.T) {
		db, jaeger := live.StartPostgres(t), live.StartJaeger(t)
		t.Run("test", func(t *testing.T) {
			test(t, dir, "TEST_DATABASE_URL="+db.URL, "TEST_JAEGER_URL="+jaeger.URL, "TEST_OTLP_ENDPOINT="+jaeger.OTLP)
		})
		t.Run("apart", func(t *testing.T) { checkApart(t, dir, programs, db, jaeger) })
	})
}

// startShop runs all services in one process.
func startShop(t *testing.T, programs string) *server {
	t.Helper()
	s := run(t, gatewayListening, nil, filepath.Join(programs, "shop"), "serve")
	s.url = "http://" + s.url
	return s
}

var serviceListening = regexp.MustCompile(`msg=listening service=\S+ addr=(\S+)`)

// checkApart runs every program as a process of its own, as in production, and watches
// them as there.
func checkApart(t *testing.T, dir, programs string, db *live.Postgres, jaeger *live.Jaeger) {
	program := func(name string) string { return filepath.Join(programs, name) }
	keys, err := exec.CommandContext(t.Context(), program("gateway"), "keys").Output()
	if err != nil {
		t.Fatal(err)
	}
	public := freeAddress(t)
	env := append(strings.Fields(string(keys)), "NATS_URL="+live.StartNATS(t), "OTEL_EXPORTER_OTLP_ENDPOINT="+jaeger.OTLP,
		"ADMIN_ADDR=127.0.0.1:0", "JWT_SECRET=0123456789abcdef0123456789abcdef", "PAYMENT_KEY=0123456789abcdeffedcba9876543210", "PAYMENT_SECRET=fedcba9876543210fedcba9876543210")

	sandbox := run(t, serviceListening, env, program("sandbox"), "serve")
	env = append(env, "PAYMENT_URL=http://"+sandbox.url, "PAYMENT_NOTIFY_URL=http://"+public+"/webhooks/payments")
	servers, urls := make(map[string]*server), []string{"HTTP_ADDR=" + public}
	for _, name := range []string{"user", "product", "order"} {
		own := append(slices.Clone(env), "DATABASE_URL="+db.Database(t))
		command(t, dir, "env", append(slices.Clone(own), program(name), "migrate", "up")...)
		if name == "product" {
			command(t, dir, "env", append(slices.Clone(own), program(name), "samples")...)
		}
		servers[name] = run(t, serviceListening, own, program(name), "serve")
		urls = append(urls, strings.ToUpper(name)+"_URL=http://"+servers[name].url)
	}
	servers["gateway"] = run(t, serviceListening, append(env, urls...), program("gateway"), "serve")
	gateway := *servers["gateway"]
	gateway.url = "http://" + public

	prometheus := watch(t, dir, servers)
	t.Run("tour", func(t *testing.T) { checkTour(t, dir, &gateway) })
	t.Run("trace", func(t *testing.T) {
		out := buy(t, program("shop"), gateway.url, "card", "-jaeger", jaeger.URL)
		for _, span := range []string{"gateway  POST /v1/orders", "product    *process stock.reserve.v1", "user  *process order.completed.v1", "INSERT INTO"} {
			if !regexp.MustCompile(span).MatchString(out) {
				t.Errorf("the trace has no %q:\n%s", span, out)
			}
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	var customers sync.WaitGroup
	customers.Go(func() {
		for ctx.Err() == nil { // a rate can only be seen of what goes on
			for _, method := range []string{"card", "card-declined"} {
				_ = exec.CommandContext(ctx, program("shop"), "demo", "-url", gateway.url, "-method", method).Run() // until the end
			}
		}
	})
	checkDashboard(t, dir, prometheus)
	stop()
	customers.Wait()
}

// buy has a customer buy something, and returns what is printed.
func buy(t *testing.T, program, url, method string, more ...string) string {
	t.Helper()
	args := append([]string{"demo", "-url", url, "-method", method}, more...)
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("shop %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// freeAddress returns an address of this machine that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
