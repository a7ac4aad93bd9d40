package tests

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"example.com/app/platform/bus"
	"example.com/app/platform/bus/bustest"
	"example.com/app/sandbox"
)

// TestChaos kills services, gateway and bus at random, with -9, while customers buy. In
// the end nothing may be lost, sold twice or paid for in vain. The payment provider stays:
// it is not ours, and its ledger is the witness.
func TestChaos(t *testing.T) {
	const (
		pieces    = 600 // of each product: too few for everybody in the long run
		customers = 8
		seldom    = 10 // one in so many
		eachTakes = 60 * time.Millisecond
	)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	s := startShop(t, 2, map[string]string{"CHECKOUT_PATIENCE": "500ms", "LOG_LEVEL": "warn"})
	admin := s.admin(t)
	var products []uuid.UUID
	for range 5 {
		products = append(products, s.newProduct(t, admin, pieces))
	}
	buyers := make([]*client, customers)
	for i := range buyers {
		buyers[i] = s.newClient(t)
	}

	// Customers who want to buy come one after the other, and stay until they are told
	// that their order is accepted.
	var (
		mu       sync.Mutex
		accepted = make(map[uuid.UUID]*client)
		left     atomic.Int64
	)
	left.Store(int64(*checkouts))
	chaosCtx, calm := context.WithCancel(t.Context())
	kills := s.killAtRandom(chaosCtx, t, rand.New(rand.NewPCG(seed, 1)))
	var buying errgroup.Group
	for i, c := range buyers {
		random := rand.New(rand.NewPCG(seed, uint64(i)+2))
		buying.Go(func() error {
			for left.Add(-1) >= 0 {
				methods := []string{sandbox.CardDeclined, sandbox.CardSilent, sandbox.CardTwice}
				method := sandbox.Card
				if n := random.IntN(seldom); n < len(methods) {
					method = methods[n]
				}
				first := random.IntN(len(products))
				request := orderRequest(method, 1+random.IntN(3), products[first], products[(first+1)%len(products)])
				o, err := placeForSure(t.Context(), c, request)
				if err != nil {
					return err
				}
				mu.Lock()
				accepted[o.ID] = c
				mu.Unlock()
				time.Sleep(rand.N(2 * customers * eachTakes)) // on average, a checkout for each eachTakes
			}
			return nil
		})
	}
	err := buying.Wait()
	calm()
	killed := <-kills
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range killed {
		t.Logf("%-8s killed %d times", name, n)
	}

	orders := waitForAll(t, accepted)
	if err := admin.logIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.checkAll(t, admin, products, pieces, orders)
}

// killAtRandom kills one process after the other until ctx is done, and tells then how
// often each.
func (s *shop) killAtRandom(ctx context.Context, t *testing.T, random *rand.Rand) <-chan map[string]int {
	t.Helper()
	victims := []*process{s.nats, s.gateway}
	for _, replicas := range [][]*process{s.user, s.product, s.order, s.product, s.order} {
		victims = append(victims, replicas...)
	}
	told := make(chan map[string]int, 1)
	go func() {
		killed := make(map[string]int)
		defer func() { told <- killed }()
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(100*time.Millisecond + time.Duration(random.IntN(500))*time.Millisecond):
			}
			victim := victims[random.IntN(len(victims))]
			if err := victim.crash(time.Duration(random.IntN(400)) * time.Millisecond); err != nil {
				t.Error(err)
				return
			}
			killed[victim.name]++
		}
	}()
	return told
}

// placeForSure sends an order until the shop has accepted it. The key makes it one order,
// however often it is sent.
func placeForSure(ctx context.Context, c *client, request map[string]any) (order, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	key := uuid.NewString()
	for {
		var o order
		err := c.fresh(ctx)
		if err == nil {
			err = c.call(ctx, http.MethodPost, "/v1/orders", request, &o, "Idempotency-Key", key)
		}
		if err == nil {
			return o, nil
		}
		if status, ok := errors.AsType[*statusError](err); ok && status.status < http.StatusInternalServerError && status.status != http.StatusTooManyRequests {
			return o, fmt.Errorf("place order: %w", err)
		}
		select {
		case <-ctx.Done():
			return o, fmt.Errorf("order is never accepted: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// waitForAll has every customer find each order that was said to be accepted, and returns
// them at their ends.
func waitForAll(t *testing.T, accepted map[uuid.UUID]*client) map[uuid.UUID]order {
	t.Helper()
	orders := make(map[uuid.UUID]order)
	for id, c := range accepted {
		eventually(t, "order "+id.String()+" ends", 3*time.Minute, func(ctx context.Context) error {
			if err := c.fresh(ctx); err != nil {
				return err
			}
			var o order
			if err := c.call(ctx, http.MethodGet, "/v1/orders/"+id.String(), nil, &o); err != nil {
				return err
			}
			if o.Status != "completed" && o.Status != "cancelled" {
				return fmt.Errorf("it is %s: %v", o.Step, o.History)
			}
			orders[id] = o
			return nil
		})
	}
	return orders
}

// checkAll looks at what must be true whatever has happened.
func (s *shop) checkAll(t *testing.T, admin *client, products []uuid.UUID, pieces int, orders map[uuid.UUID]order) {
	t.Helper()
	ctx := t.Context()
	s.checkMessages(t) // what is still on its way could change the rest
	if n := s.query(t, "order", "SELECT count(*) FROM orders"); n != len(orders) {
		t.Errorf("the order service has %d orders, and customers were told of %d", n, len(orders))
	}
	sold := make(map[uuid.UUID]int)
	ends := make(map[string]int)
	for _, o := range orders {
		ends[o.Status+" "+o.Reason]++
		for _, l := range o.Lines {
			if o.Status == "completed" {
				sold[l.ProductID] += l.Quantity
			}
		}
	}
	for end, n := range ends {
		t.Logf("%4d orders %s", n, end)
	}
	for _, id := range products {
		var p product
		if err := admin.call(ctx, http.MethodGet, "/v1/products/"+id.String(), nil, &p); err != nil {
			t.Fatal(err)
		}
		t.Logf("product %s: %d = %d available + %d sold", id, pieces, p.Stock.Available, p.Stock.Sold)
		if p.Stock.Available+p.Stock.Sold != pieces || p.Stock.Reserved != 0 || p.Stock.Sold != sold[id] {
			t.Errorf("product %s: %+v, want %d pieces in all, and %d sold", id, p.Stock, pieces, sold[id])
		}
	}
	s.checkLedger(t, orders)
	checkView(t, admin, orders)
	t.Log("order view rebuild: ", s.command(t, "order", "view", "rebuild"))
	checkView(t, admin, orders)
}

// checkView holds the list, which is made of events, against the orders.
func checkView(t *testing.T, admin *client, orders map[uuid.UUID]order) {
	t.Helper()
	eventually(t, "the list shows the same", patience, func(ctx context.Context) error {
		listed, err := listAll(ctx, admin)
		if err != nil {
			return err
		}
		if len(listed) != len(orders) {
			return fmt.Errorf("%d orders are listed, want %d", len(listed), len(orders))
		}
		for id, want := range orders {
			got := listed[id]
			if got.Status != want.Status || got.Reason != want.Reason || got.Total != want.Total || !slices.Equal(got.Lines, want.Lines) {
				return fmt.Errorf("order %s is listed as %+v, want %+v", id, got, want)
			}
		}
		return nil
	})
}

func listAll(ctx context.Context, admin *client) (map[uuid.UUID]order, error) {
	all := make(map[uuid.UUID]order)
	for number := 1; ; number++ {
		var list struct {
			Items []order `json:"items"`
		}
		path := fmt.Sprintf("/v1/orders?sort=placed_at&page_size=100&page=%d", number)
		if err := admin.call(ctx, http.MethodGet, path, nil, &list); err != nil {
			return nil, err
		}
		for _, o := range list.Items {
			all[o.ID] = o
		}
		if len(list.Items) == 0 {
			return all, nil
		}
	}
}

// checkLedger holds what the payment provider has against the orders.
func (s *shop) checkLedger(t *testing.T, orders map[uuid.UUID]order) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.payments+"/charges", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.settings["PAYMENT_KEY"])
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var ledger []sandbox.Charge
	if err := json.NewDecoder(response.Body).Decode(&ledger); err != nil {
		t.Fatal(err)
	}
	paid := make(map[uuid.UUID]bool)
	for _, c := range ledger {
		id, err := uuid.Parse(c.Key)
		if err != nil {
			t.Fatal(err)
		}
		o, known := orders[id]
		switch {
		case !known:
			t.Errorf("charge %+v belongs to no order", c)
		case c.Status == sandbox.Taken && (o.Status != "completed" || c.Amount != o.Total.Amount):
			t.Errorf("charge %+v is taken, and the order is %s, of %d", c, o.Status, o.Total.Amount)
		case c.Status == sandbox.Taken:
			paid[id] = true
		}
	}
	for id, o := range orders {
		if o.Status == "completed" && !paid[id] {
			t.Errorf("order %s is completed and not paid for", id)
		}
	}
	t.Logf("%d charges, %d of them kept", len(ledger), len(paid))
}

// checkMessages finds what is stuck on its way.
func (s *shop) checkMessages(t *testing.T) {
	t.Helper()
	for _, service := range []string{"user", "product", "order"} {
		eventually(t, "the outbox of "+service+" is empty", patience, func(context.Context) error {
			if n := s.query(t, service, "SELECT count(*) FROM outbox"); n != 0 {
				return fmt.Errorf("it has %d events", n)
			}
			return nil
		})
	}
	b := bustest.ConnectTo(t, s.natsURL)
	for _, consumer := range []string{"product-stock", "order-checkout", "order-payment", "user-notices"} {
		eventually(t, consumer+" has handled everything", patience, func(ctx context.Context) error {
			stats, err := b.Stats(ctx, consumer)
			if err == nil && stats != (bus.Stats{}) {
				err = fmt.Errorf("it has %+v before it", stats)
			}
			return err
		})
	}
}
