package httpapi_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/api"
	"example.com/app/internal/apitest"
	"example.com/app/internal/auth"
	"example.com/app/internal/database"
	"example.com/app/internal/money"
	"example.com/app/platform/bus"
	"example.com/app/platform/outbox"
	"example.com/app/platform/web"
	"example.com/app/platform/web/webtest"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/httpapi"
	"example.com/app/services/order/internal/memory"
	"example.com/app/services/order/internal/payment"
	"example.com/app/services/order/internal/postgres"
	"example.com/app/services/order/internal/view"
)

// document is the contract that all tests share, because what all of them have seen
// together is checked at the end.
var document *apitest.Contract

func TestMain(m *testing.M) {
	var err error
	if document, err = apitest.Load(api.Order); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(document.Run(m))
}

var secret = bytes.Repeat([]byte("s"), 32)

// untraced keeps no traces.
type untraced struct{}

func (untraced) Current(context.Context) string { return "" }

func (untraced) Continue(ctx context.Context, _, _ string) (context.Context, func()) {
	return ctx, func() {}
}

// world is the service without its web side.
type world struct {
	orders    checkout.Store
	view      view.Store
	checkouts *checkout.Service
}

func newWorld(orders checkout.Store, kept view.Store) *world {
	return &world{orders: orders, view: kept, checkouts: &checkout.Service{
		Store:     orders,
		Catalogue: kept,
		Saga:      checkout.Saga{Patience: time.Minute},
		Policy:    checkout.NewPolicy(),
		Now:       time.Now,
		Logger:    slog.New(slog.DiscardHandler),
		Trace:     untraced{},
		Moved:     func(checkout.Step, checkout.Reason, time.Duration) {},
	}}
}

func inMemory() *world { return newWorld(memory.NewOrders(outbox.NewMemory()), new(memory.View)) }

func (w *world) start(t *testing.T, change ...func(*web.Options)) *webtest.Service {
	t.Helper()
	return webtest.Start(t, document, func(o web.Options) (http.Handler, error) {
		return httpapi.New(httpapi.Options{
			Checkouts:     w.checkouts,
			View:          &view.Service{Store: w.view, Policy: checkout.NewPolicy()},
			Notifications: &payment.Notifications{Secret: secret, Checkouts: w.checkouts, Now: time.Now},
			Web:           o,
		})
	}, change...)
}

// sell makes products known, which cost 1000 and 250.
func (w *world) sell(t *testing.T) (book, pen uuid.UUID) {
	t.Helper()
	book, pen = uuid.New(), uuid.New()
	err := w.view.Write(t.Context(), bus.Position{Sequence: 1}, func(writer view.Writer) error {
		for i, p := range []checkout.Product{{ID: book, Name: "Book", Price: idr(t, 1000)}, {ID: pen, Name: "Pen", Price: idr(t, 250)}} {
			if err := writer.PutProduct(t.Context(), view.Product{Product: p, Version: i + 1}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return book, pen
}

func idr(t *testing.T, amount int64) money.Money {
	t.Helper()
	m, err := money.New(amount, "IDR")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

type order struct {
	ID         uuid.UUID `json:"id"`
	CustomerID uuid.UUID `json:"customer_id"`
	Status     string    `json:"status"`
	Step       string    `json:"step"`
	Reason     string    `json:"reason"`
	Total      struct {
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	} `json:"total"`
	History []struct {
		Event string `json:"event"`
		Step  string `json:"step"`
	} `json:"history"`
}

// buy is an order for one piece of each product.
func buy(products ...uuid.UUID) string {
	lines := make([]string, len(products))
	for i, id := range products {
		lines[i] = fmt.Sprintf(`{"product_id":%q,"quantity":1}`, id)
	}
	return fmt.Sprintf(`{"lines":[%s],"payment_method":"card"}`, strings.Join(lines, ","))
}

func TestSuite(t *testing.T) {
	newScene := func(t *testing.T) webtest.Scene {
		w := inMemory()
		s := webtest.Scene{Service: w.start(t), User: webtest.NewActor(auth.RoleUser), Admin: webtest.NewActor(auth.RoleAdmin)}
		book, _ := w.sell(t)
		placed := webtest.Decode[order](t, s.Send(t, s.User, "POST /v1/orders", buy(book)).Want(t, 202))
		s.Replace = []string{"{book}", book.String(), "{id}", placed.ID.String()}
		return s
	}
	webtest.Suite{
		Contract: document,
		New:      newScene,
		Start: func(t *testing.T, change ...func(*web.Options)) *webtest.Service {
			return inMemory().start(t, change...)
		},
		StartAway: func(t *testing.T) *webtest.Service {
			pool, err := database.Open(t.Context(), "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			return newWorld(postgres.NewOrders(pool, outbox.NewPostgres(pool)), postgres.NewView(pool)).start(t)
		},
		Requests: []webtest.Request{
			{Operation: "listOrders", Line: "GET /v1/orders", Guest: 401, User: 200, Admin: 200},
			{Operation: "placeOrder", Line: "POST /v1/orders", Body: `{"lines":[{"product_id":"{book}","quantity":2}],"payment_method":"card"}`,
				Guest: 401, User: 202, Admin: 202},
			{Operation: "getOrder", Line: "GET /v1/orders/{id}", Guest: 401, User: 200, Admin: 200},
			{Operation: "receivePaymentNotification", Line: "POST /webhooks/payments", Body: paid(uuid.Nil),
				Headers: []string{"Signature", sign(paid(uuid.Nil), time.Now())}, Guest: 404, User: 404, Admin: 404},
		},
	}.Run(t)
}

// paid is a provider's notification. Its id depends on the order alone: it is the same when
// it comes again.
func paid(orderID uuid.UUID) string {
	return fmt.Sprintf(`{"id":%q,"charge":%q,"outcome":"taken"}`, uuid.NewSHA1(orderID, []byte("notification")), orderID)
}

func sign(body string, at time.Time) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

func TestPlaceOrder(t *testing.T) {
	t.Parallel()
	w := inMemory()
	s, sari := w.start(t), webtest.NewActor(auth.RoleUser)
	book, pen := w.sell(t)
	got := s.Send(t, sari, "POST /v1/orders", buy(book, pen)).Want(t, 202)
	placed := webtest.Decode[order](t, got)
	if placed.CustomerID != sari.ID || placed.Status != "pending" || placed.Step != "reserving" || placed.Total.Amount != 1250 || placed.Total.Currency != "IDR" {
		t.Errorf("POST /v1/orders = %s, want a pending order of 1250 IDR", got.Body)
	}
	if location := got.Header.Get("Location"); location != "/v1/orders/"+placed.ID.String() {
		t.Errorf("Location = %q, want that of the order", location)
	}
}

func newIDs(n int) []uuid.UUID {
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = uuid.New()
	}
	return ids
}

func TestPlaceOrderFaults(t *testing.T) {
	t.Parallel()
	w := inMemory()
	s, sari := w.start(t), webtest.NewActor(auth.RoleUser)
	book, _ := w.sell(t)
	tests := []struct {
		name, body string
		fields     []string
	}{
		{"no lines", `{"lines":[],"payment_method":"card"}`, []string{"lines"}},
		{"too many lines", buy(newIDs(51)...), []string{"lines"}},
		{"no payment method", strings.Replace(buy(book), `"card"`, `""`, 1), []string{"payment_method"}},
		{"nothing of it", strings.Replace(buy(book), `:1}`, `:0}`, 1), []string{"lines/0/quantity"}},
		{"less than nothing", strings.Replace(buy(book), `:1}`, `:-1}`, 1), []string{"lines/0/quantity"}},
		{"too much of it", strings.Replace(buy(book), `:1}`, `:1001}`, 1), []string{"lines/0/quantity"}},
		{"twice", buy(book, book), []string{"lines/1/product_id"}},
		{"unknown product", buy(book, uuid.New()), []string{"lines/1/product_id"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s.Send(t, sari, "POST /v1/orders", test.body).WantProblem(t, 422, "invalid-fields", test.fields...)
		})
	}
	haggled := strings.Replace(buy(book), `"quantity"`, `"unit_price":{"amount":1,"currency":"IDR"},"quantity"`, 1)
	s.Send(t, sari, "POST /v1/orders", haggled).WantProblem(t, 400, "malformed-request", "lines/0/unit_price")
	if list := s.Send(t, sari, "GET /v1/orders", nil).Want(t, 200); !bytes.Contains(list.Body, []byte(`"total":0`)) {
		t.Errorf("GET /v1/orders = %s, want none", list.Body)
	}
}

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	w := inMemory()
	s, sari, budi := w.start(t), webtest.NewActor(auth.RoleUser), webtest.NewActor(auth.RoleUser)
	book, pen := w.sell(t)
	place := func(by auth.Actor, body string) webtest.Answer {
		return s.Send(t, by, "POST /v1/orders", body, "Idempotency-Key", "one")
	}
	first := webtest.Decode[order](t, place(sari, buy(book)).Want(t, 202))
	if again := webtest.Decode[order](t, place(sari, buy(book)).Want(t, 202)); again.ID != first.ID {
		t.Errorf("the same key gives order %s, want %s", again.ID, first.ID)
	}
	if others := webtest.Decode[order](t, place(budi, buy(book)).Want(t, 202)); others.ID == first.ID {
		t.Error("the same key of somebody else gives the same order")
	}
	place(sari, buy(pen)).WantProblem(t, 422, "idempotency-key-reused")
	s.Send(t, sari, "POST /v1/orders", buy(book), "Idempotency-Key", "two keys").Want(t, 400)
}

func TestSomebodyElsesOrder(t *testing.T) {
	t.Parallel()
	w := inMemory()
	s, sari, budi, admin := w.start(t), webtest.NewActor(auth.RoleUser), webtest.NewActor(auth.RoleUser), webtest.NewActor(auth.RoleAdmin)
	book, _ := w.sell(t)
	placed := webtest.Decode[order](t, s.Send(t, sari, "POST /v1/orders", buy(book)).Want(t, 202))
	line := "GET /v1/orders/" + placed.ID.String()
	s.Send(t, sari, line, nil).Want(t, 200)
	s.Send(t, admin, line, nil).Want(t, 200)
	s.Send(t, budi, line, nil).WantProblem(t, 404, "not-found")
}

func TestNotification(t *testing.T) {
	t.Parallel()
	w := inMemory()
	s, sari := w.start(t), webtest.NewActor(auth.RoleUser)
	book, _ := w.sell(t)
	placed := webtest.Decode[order](t, s.Send(t, sari, "POST /v1/orders", buy(book)).Want(t, 202))
	if err := w.checkouts.Answer(t.Context(), placed.ID, "1", checkout.StockReserved); err != nil {
		t.Fatal(err)
	}
	send := func(body, signature string) webtest.Answer {
		return s.Send(t, auth.Actor{}, "POST /webhooks/payments", body, "Signature", signature)
	}
	body := paid(placed.ID)
	send(body, "").WantProblem(t, 401, "invalid-signature")
	send(body, sign(body+" ", time.Now())).WantProblem(t, 401, "invalid-signature")
	send(body, sign(body, time.Now().Add(-time.Hour))).WantProblem(t, 401, "invalid-signature")
	send("{", sign("{", time.Now())).WantProblem(t, 400, "malformed-request")
	long := strings.Repeat(" ", 2<<20)
	send(long, sign(long, time.Now())).WantProblem(t, 413, "body-too-large")
	for range 2 { // the provider may tell twice
		send(body, sign(body, time.Now())).Want(t, 204)
	}
	got := webtest.Decode[order](t, s.Send(t, sari, "GET /v1/orders/"+placed.ID.String(), nil).Want(t, 200))
	if got.Step != "confirming" || len(got.History) != 3 {
		t.Errorf("after payment: step %s, history %v, want confirming, and no more than three entries", got.Step, got.History)
	}
}

func TestListOrders(t *testing.T) {
	t.Parallel()
	w := inMemory()
	s, sari, budi, admin := w.start(t), webtest.NewActor(auth.RoleUser), webtest.NewActor(auth.RoleUser), webtest.NewActor(auth.RoleAdmin)
	book, pen := w.sell(t)
	for i, o := range []view.Order{
		{CustomerID: sari.ID, Lines: []view.Line{{ProductID: book, Product: "Book", Quantity: 1}}, Total: idr(t, 1000), Status: view.Completed},
		{CustomerID: sari.ID, Lines: []view.Line{{ProductID: pen, Product: "Pen", Quantity: 2}}, Total: idr(t, 500), Status: view.Pending},
		{CustomerID: budi.ID, Lines: []view.Line{{ProductID: pen, Product: "Pen", Quantity: 1}}, Total: idr(t, 250), Status: view.Cancelled, Reason: "out-of-stock"},
	} {
		o.ID, o.PlacedAt = uuid.New(), time.Date(2030, 3, 4, 9, i, 0, 0, time.UTC)
		o.UpdatedAt = o.PlacedAt
		err := w.view.Write(t.Context(), bus.Position{Sequence: uint64(i) + 2}, func(writer view.Writer) error { return writer.PutOrder(t.Context(), o) })
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name, query string
		by          auth.Actor
		want        string // totals, in their order
	}{
		{"one's own", "", sari, "1000 500"},
		{"everybody's", "", admin, "1000 500 250"},
		{"a customer's", "customer_id=" + budi.ID.String(), admin, "250"},
		{"somebody else's", "customer_id=" + budi.ID.String(), sari, "1000 500"},
		{"by status", "status=pending", sari, "500"},
		{"by product", "q=pen", admin, "500 250"},
		{"the dearest first", "sort=-total", admin, "1000 500 250"},
		{"the cheapest first", "sort=total", admin, "250 500 1000"},
		{"second page", "sort=total&page=2&page_size=2", admin, "1000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list := webtest.Decode[struct{ Items []order }](t, s.Send(t, test.by, "GET /v1/orders?"+test.query, nil).Want(t, 200))
			var totals []string
			for _, o := range list.Items {
				totals = append(totals, fmt.Sprint(o.Total.Amount))
			}
			if got := strings.Join(totals, " "); got != test.want {
				t.Errorf("GET /v1/orders?%s = %s, want %s", test.query, got, test.want)
			}
		})
	}
	s.Send(t, sari, "GET /v1/orders?status=lost", nil).WantProblem(t, 400, "malformed-request", "status")
}
