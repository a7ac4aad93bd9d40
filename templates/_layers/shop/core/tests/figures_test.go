package tests

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"example.com/app/internal/auth"
	"example.com/app/platform/identity"
)

// TestFigures measures what the README tells. Every figure is this machine's, and they are
// to be compared with each other alone.
func TestFigures(t *testing.T) {
	if !*figures {
		t.Skip("measures instead of testing: make bench")
	}
	for _, replicas := range []int{1, 2} {
		t.Run(fmt.Sprintf("replicas=%d", replicas), func(t *testing.T) {
			s := startShop(t, replicas, map[string]string{"LOG_LEVEL": "error"})
			s.contract = nil // to hold answers against it takes longer than to make them
			productID := s.newProduct(t, s.admin(t), 1_000_000)
			t.Logf("%d of each service: %.0f checkouts a second, from the request to the end", replicas, s.checkoutRate(t, productID))
			if replicas == 1 {
				s.gatewayLatency(t, productID)
			}
		})
	}
}

// checkoutRate lets customers buy for a while, and returns how many orders a second came to
// their end. Customers wait while many orders are under way: more of them than can be
// dealt with would only wait for each other.
func (s *shop) checkoutRate(t *testing.T, productID uuid.UUID) float64 {
	t.Helper()
	const (
		customers = 16
		underWay  = 100
		duration  = 15 * time.Second
	)
	buyers := make([]*client, customers)
	for i := range buyers {
		buyers[i] = s.newClient(t)
	}
	open := func() int { return s.query(t, "order", "SELECT count(*) FROM orders WHERE deadline IS NOT NULL") }
	var placed, waiting atomic.Int64
	begin := time.Now()
	var buying errgroup.Group
	for _, c := range buyers {
		buying.Go(func() error {
			for time.Since(begin) < duration {
				if waiting.Load() > underWay {
					time.Sleep(10 * time.Millisecond)
					continue
				}
				if err := c.call(t.Context(), http.MethodPost, "/v1/orders", orderRequest("card", 1, productID), nil); err != nil {
					return err
				}
				placed.Add(1)
			}
			return nil
		})
	}
	for time.Since(begin) < duration {
		waiting.Store(int64(open()))
		time.Sleep(20 * time.Millisecond)
	}
	if err := buying.Wait(); err != nil {
		t.Fatal(err)
	}
	for open() > 0 {
		time.Sleep(20 * time.Millisecond)
	}
	took := time.Since(begin)
	if n := s.query(t, "order", "SELECT count(*) FROM orders WHERE step = 'completed'"); n != int(placed.Load()) {
		t.Errorf("%d orders are completed, want %d", n, placed.Load())
	}
	return float64(placed.Load()) / took.Seconds()
}

// gatewayLatency asks for a product in turns, by way of the gateway and of the service
// itself.
func (s *shop) gatewayLatency(t *testing.T, productID uuid.UUID) {
	t.Helper()
	const rounds = 3000
	buyer := s.newClient(t)
	seed, err := base64.StdEncoding.DecodeString(s.settings["IDENTITY_KEY"])
	if err != nil {
		t.Fatal(err)
	}
	gate, err := identity.NewGate(seed, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	passport, err := gate.Sign(auth.Actor{ID: uuid.New(), Role: auth.RoleUser}, "product")
	if err != nil {
		t.Fatal(err)
	}
	direct := &client{url: s.productURL[0], http: buyer.http}
	path := "/v1/products/" + productID.String()
	var through, without []time.Duration
	for range rounds {
		begin := time.Now()
		if err := buyer.call(t.Context(), http.MethodGet, path, nil, nil); err != nil {
			t.Fatal(err)
		}
		through = append(through, time.Since(begin))
		begin = time.Now()
		if err := direct.call(t.Context(), http.MethodGet, path, nil, nil, identity.Header, passport); err != nil {
			t.Fatal(err)
		}
		without = append(without, time.Since(begin))
	}
	slices.Sort(through)
	slices.Sort(without)
	for _, p := range []int{50, 99} {
		at := rounds * p / 100
		t.Logf("p%d: %s by way of the gateway, %s without, %s more", p, through[at], without[at], through[at]-without[at])
	}
}
