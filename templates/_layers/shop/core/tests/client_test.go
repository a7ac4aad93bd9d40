package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/apitest"
)

// client is somebody who uses the shop by its public API, and has it keep to its contract.
type client struct {
	tb       testing.TB
	url      string
	http     *http.Client
	contract *apitest.Contract // nil: any answer will do
	email    string
	token    string
	since    time.Time // the log-in
	trace    string    // of the last answer
}

const password = "correct horse battery"

// statusError is an answer that is no success.
type statusError struct {
	status int
	body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("%d %s", e.status, e.body) }

// call sends a request and decodes the answer. Body and answer may be nil.
func (c *client) call(ctx context.Context, method, path string, body, answer any, header ...string) error {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(sent))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	c.trace = response.Header.Get("Trace-Id")
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if c.contract != nil {
		got := apitest.Answer{Status: response.StatusCode, Header: response.Header, Body: content}
		if err := c.contract.Check(request, sent, got); err != nil {
			c.tb.Errorf("%s %s: %v", method, path, err) // whoever asked may just ask again
		}
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return &statusError{response.StatusCode, strings.TrimSpace(string(content))}
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(content, answer)
}

// logIn gets a new access token.
func (c *client) logIn(ctx context.Context) error {
	c.token = ""
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	err := c.call(ctx, http.MethodPost, "/v1/auth/login", map[string]string{"email": c.email, "password": password}, &tokens)
	c.token, c.since = tokens.AccessToken, time.Now()
	return err
}

// fresh logs in again before the token expires.
func (c *client) fresh(ctx context.Context) error {
	const life = 4 * time.Minute
	if c.token != "" && time.Since(c.since) < life {
		return nil
	}
	return c.logIn(ctx)
}

// newClient returns a customer who is registered.
func (s *shop) newClient(tb testing.TB) *client {
	tb.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	tb.Cleanup(transport.CloseIdleConnections)
	c := &client{
		tb: tb, url: s.url, contract: s.contract, email: uuid.NewString() + "@example.com",
		http: &http.Client{Transport: transport, Timeout: 15 * time.Second},
	}
	account := map[string]string{"email": c.email, "name": "Sari", "password": password}
	eventually(tb, "register", patience, func(ctx context.Context) error {
		err := c.call(ctx, http.MethodPost, "/v1/auth/register", account, nil)
		if status, ok := err.(*statusError); ok && status.status == http.StatusConflict { //nolint:errorlint // it is not wrapped
			return nil // the answer to an earlier try was lost
		}
		return err
	})
	eventually(tb, "log in", patience, c.logIn)
	return c
}

// admin returns a client who may do everything.
func (s *shop) admin(tb testing.TB) *client {
	tb.Helper()
	c := s.newClient(tb)
	if n := s.query(tb, "user", "WITH promoted AS (UPDATE users SET role = 'admin' WHERE email = '"+c.email+"' RETURNING 1) SELECT count(*) FROM promoted"); n != 1 {
		tb.Fatalf("%d accounts are made admins, want 1", n)
	}
	eventually(tb, "log in", patience, c.logIn)
	return c
}

type order struct {
	ID     uuid.UUID `json:"id"`
	Status string    `json:"status"`
	Step   string    `json:"step"`
	Reason string    `json:"reason"`
	Lines  []struct {
		ProductID uuid.UUID `json:"product_id"`
		Quantity  int       `json:"quantity"`
	} `json:"lines"`
	Total struct {
		Amount int64 `json:"amount"`
	} `json:"total"`
	History []struct {
		Event string `json:"event"`
		Step  string `json:"step"`
	} `json:"history"`
}

type product struct {
	ID    uuid.UUID `json:"id"`
	Stock struct {
		Available int `json:"available"`
		Reserved  int `json:"reserved"`
		Sold      int `json:"sold"`
	} `json:"stock"`
}

// newProduct adds a product with some pieces, and waits until it can be ordered.
func (s *shop) newProduct(tb testing.TB, admin *client, pieces int) uuid.UUID {
	tb.Helper()
	var p product
	details := map[string]any{"name": "Angklung " + uuid.NewString(), "price": map[string]any{"amount": 1000, "currency": "IDR"}}
	if err := admin.call(tb.Context(), http.MethodPost, "/v1/products", details, &p); err != nil {
		tb.Fatal(err)
	}
	delivery := fmt.Sprintf("/v1/products/%s/deliveries/%s", p.ID, uuid.New())
	if err := admin.call(tb.Context(), http.MethodPut, delivery, map[string]int{"quantity": pieces}, &p); err != nil {
		tb.Fatal(err)
	}
	eventually(tb, "the order service knows the product", patience, func(context.Context) error {
		if n := s.query(tb, "order", "SELECT count(*) FROM view_products WHERE id = '"+p.ID.String()+"'"); n != 1 {
			return fmt.Errorf("it knows %d", n)
		}
		return nil
	})
	return p.ID
}

// orderRequest is what a customer sends.
func orderRequest(method string, quantity int, products ...uuid.UUID) map[string]any {
	var lines []map[string]any
	for _, id := range products {
		lines = append(lines, map[string]any{"product_id": id, "quantity": quantity})
	}
	return map[string]any{"lines": lines, "payment_method": method}
}
