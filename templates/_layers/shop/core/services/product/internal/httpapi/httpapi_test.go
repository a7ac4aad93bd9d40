package httpapi_test

import (
	"fmt"
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
	"example.com/app/platform/outbox"
	"example.com/app/platform/web"
	"example.com/app/platform/web/webtest"
	"example.com/app/services/product/internal/catalog"
	"example.com/app/services/product/internal/httpapi"
	"example.com/app/services/product/internal/memory"
	"example.com/app/services/product/internal/postgres"
)

// document is the contract that all tests share, because what all of them have seen
// together is checked at the end.
var document *apitest.Contract

func TestMain(m *testing.M) {
	var err error
	if document, err = apitest.Load(api.Product); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(document.Run(m))
}

func start(t *testing.T, store catalog.Store, change ...func(*web.Options)) *webtest.Service {
	t.Helper()
	return webtest.Start(t, document, func(o web.Options) (http.Handler, error) {
		return httpapi.New(httpapi.Options{
			Products: &catalog.Service{Store: store, Policy: catalog.NewPolicy(), Now: time.Now},
			Web:      o,
		})
	}, change...)
}

func inMemory() catalog.Store { return memory.NewProducts(outbox.NewMemory()) }

var admin = webtest.NewActor(auth.RoleAdmin)

type product struct {
	ID    uuid.UUID `json:"id"`
	Name  string    `json:"name"`
	Price struct {
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	} `json:"price"`
	Stock struct{ Available, Reserved, Sold int } `json:"stock"`
}

func details(name string, amount int64) string {
	return fmt.Sprintf(`{"name":%q,"description":"good","price":{"amount":%d,"currency":"IDR"}}`, name, amount)
}

// create makes a product with some pieces.
func create(t *testing.T, s *webtest.Service, name string, amount int64, pieces int) product {
	t.Helper()
	p := webtest.Decode[product](t, s.Send(t, admin, "POST /v1/products", details(name, amount)).Want(t, 201))
	if pieces > 0 {
		line := fmt.Sprintf("PUT /v1/products/%s/deliveries/%s", p.ID, uuid.New())
		p = webtest.Decode[product](t, s.Send(t, admin, line, fmt.Sprintf(`{"quantity":%d}`, pieces)).Want(t, 200))
	}
	return p
}

func TestSuite(t *testing.T) {
	webtest.Suite{
		Contract: document,
		New: func(t *testing.T) webtest.Scene {
			s := webtest.Scene{Service: start(t, inMemory()), User: webtest.NewActor(auth.RoleUser), Admin: admin}
			s.Replace = []string{"{id}", create(t, s.Service, "Book", 1000, 0).ID.String()}
			return s
		},
		Start: func(t *testing.T, change ...func(*web.Options)) *webtest.Service {
			return start(t, inMemory(), change...)
		},
		StartAway: func(t *testing.T) *webtest.Service {
			pool, err := database.Open(t.Context(), "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			return start(t, postgres.NewProducts(pool, outbox.NewPostgres(pool)))
		},
		Requests: []webtest.Request{
			{Operation: "listProducts", Line: "GET /v1/products", Guest: 200, User: 200, Admin: 200},
			{Operation: "createProduct", Line: "POST /v1/products", Body: details("Pen", 250), Guest: 401, User: 403, Admin: 201},
			{Operation: "getProduct", Line: "GET /v1/products/{id}", Guest: 200, User: 200, Admin: 200},
			{Operation: "updateProduct", Line: "PUT /v1/products/{id}", Body: details("Book", 900), Headers: []string{"If-Match", `"1"`},
				Guest: 401, User: 403, Admin: 200},
			{Operation: "deliverProduct", Line: "PUT /v1/products/{id}/deliveries/0195f3a0-0000-7000-8000-000000000000", Body: `{"quantity":10}`,
				Guest: 401, User: 403, Admin: 200},
		},
	}.Run(t)
}

func TestInvalidProducts(t *testing.T) {
	t.Parallel()
	s := start(t, inMemory())
	there := create(t, s, "Book", 1000, 0)
	tests := []struct {
		name, body string
		fields     []string
	}{
		{"no name", details("", 1), []string{"name"}},
		{"long name", details(strings.Repeat("a", 101), 1), []string{"name"}},
		{"name with a NUL", `{"name":"a\u0000","price":{"amount":1,"currency":"IDR"}}`, []string{"name"}},
		{"for nothing", details("Book", 0), []string{"price/amount"}},
		{"for less than nothing", details("Book", -1), []string{"price/amount"}},
		{"past all bounds", details("Book", 1_000_000_000_001), []string{"price/amount"}},
		{"no currency", strings.Replace(details("Book", 1), "IDR", "", 1), []string{"price/currency"}},
		{"several", strings.Replace(details("", 0), "IDR", "rupiah", 1), []string{"name", "price/amount", "price/currency"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s.Send(t, admin, "POST /v1/products", test.body).WantProblem(t, 422, "invalid-fields", test.fields...)
			s.Send(t, admin, "PUT /v1/products/"+there.ID.String(), test.body, "If-Match", "*").WantProblem(t, 422, "invalid-fields", test.fields...)
		})
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	s := start(t, inMemory())
	line := "PUT /v1/products/" + create(t, s, "Book", 1000, 5).ID.String()
	s.Send(t, admin, line, details("Book", 900)).WantProblem(t, 428, "if-match-required")
	got := s.Send(t, admin, line, details("Book", 900), "If-Match", `"1"`).Want(t, 200)
	if p := webtest.Decode[product](t, got); p.Price.Amount != 900 || p.Stock.Available != 5 || got.Header.Get("ETag") != `"2"` {
		t.Errorf("PUT = %s with ETag %s, want the new price, the old stock, and version 2", got.Body, got.Header.Get("ETag"))
	}
	s.Send(t, admin, line, details("Book", 800), "If-Match", `"1"`).WantProblem(t, 412, "version-mismatch")
	s.Send(t, admin, line, details("Book", 800), "If-Match", "*").Want(t, 200)
}

func TestDeliver(t *testing.T) {
	t.Parallel()
	s := start(t, inMemory())
	p := create(t, s, "Book", 1000, 0)
	line := fmt.Sprintf("PUT /v1/products/%s/deliveries/%s", p.ID, uuid.New())
	for range 2 { // it is one delivery, however often it is told
		if got := webtest.Decode[product](t, s.Send(t, admin, line, `{"quantity":5}`).Want(t, 200)); got.Stock.Available != 5 {
			t.Errorf("available = %d, want 5", got.Stock.Available)
		}
	}
	s.Send(t, admin, line, `{"quantity":0}`).WantProblem(t, 422, "invalid-fields", "quantity")
	s.Send(t, admin, line, `{"quantity":1000001}`).WantProblem(t, 422, "invalid-fields", "quantity")
	s.Send(t, admin, "PUT /v1/products/"+p.ID.String()+"/deliveries/1", `{"quantity":1}`).WantProblem(t, 400, "malformed-request", "delivery_id")
}

func TestList(t *testing.T) {
	t.Parallel()
	s := start(t, inMemory())
	create(t, s, "Angklung", 300, 1)
	create(t, s, "Batik", 100, 0)
	create(t, s, "Coffee", 200, 2)
	for query, want := range map[string]string{
		"":                           "Angklung Batik Coffee",
		"sort=-name":                 "Coffee Batik Angklung",
		"sort=price":                 "Batik Coffee Angklung",
		"available=true":             "Angklung Coffee",
		"q=OFF":                      "Coffee",
		"q=good":                     "Angklung Batik Coffee",
		"page_size=2&page=2":         "Coffee",
		"available=true&sort=-price": "Angklung Coffee",
	} {
		got := s.Send(t, auth.Actor{}, "GET /v1/products?"+query, nil).Want(t, 200)
		var names []string
		for _, p := range webtest.Decode[struct{ Items []product }](t, got).Items {
			names = append(names, p.Name)
		}
		if strings.Join(names, " ") != want {
			t.Errorf("GET /v1/products?%s = %q, want %q", query, names, want)
		}
	}
}
