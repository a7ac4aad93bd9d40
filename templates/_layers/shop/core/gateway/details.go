package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"example.com/app/internal/auth"
	"example.com/app/internal/logging"
	"example.com/app/internal/outage"
	"example.com/app/internal/request"
)

// orderDetails answers with an order and its products as they are now, in one answer
// instead of many. When the product service is away, there is the order alone: it says
// what the products were called and cost.
func (g *gateway) orderDetails(w http.ResponseWriter, r *http.Request, by auth.Actor) {
	id, err := request.PathID("id", r.PathValue("id"))
	if err != nil {
		g.failed(w, r, err)
		return
	}
	answer, err := g.ask(r, by, g.Order, "/v1/orders/"+id.String())
	if err != nil {
		g.failed(w, r, err)
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK { // the order service says why
		copyAnswer(w, answer)
		return
	}
	var order struct {
		Lines []struct {
			ProductID uuid.UUID `json:"product_id"`
		} `json:"lines"`
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, request.MaxBodyBytes))
	if err == nil {
		err = json.Unmarshal(body, &order)
	}
	if err != nil {
		g.failed(w, r, fmt.Errorf("read order: %w: %w", outage.ErrUnavailable, err))
		return
	}
	products := make([]json.RawMessage, len(order.Lines))
	asking, ctx := errgroup.WithContext(r.Context())
	for i, line := range order.Lines {
		asking.Go(func() error {
			var err error
			products[i], err = g.product(r.WithContext(ctx), by, line.ProductID.String())
			return err
		})
	}
	details := orderDetails{Order: body, Products: products, Complete: true}
	if err := asking.Wait(); err != nil {
		g.Logger.WarnContext(r.Context(), "order is shown without its products", slog.Any("error", err))
		details.Products, details.Complete = []json.RawMessage{}, false
	}
	writeJSON(w, http.StatusOK, details)
}

type orderDetails struct {
	Order    json.RawMessage   `json:"order"`
	Products []json.RawMessage `json:"products"` // in the order of the lines
	Complete bool              `json:"complete"`
}

func (g *gateway) product(r *http.Request, by auth.Actor, id string) (json.RawMessage, error) {
	answer, err := g.ask(r, by, g.Product, "/v1/products/"+id)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("get product %s: %s", id, answer.Status)
	}
	var body json.RawMessage
	if err := json.NewDecoder(io.LimitReader(answer.Body, request.MaxBodyBytes)).Decode(&body); err != nil {
		return nil, fmt.Errorf("read product %s: %w", id, err)
	}
	return body, nil
}

// ask asks a service in the name of whoever sent r.
func (g *gateway) ask(r *http.Request, by auth.Actor, u *Upstream, path string) (*http.Response, error) {
	out := (&http.Request{
		Method: http.MethodGet,
		URL:    &url.URL{Scheme: "http", Host: u.name, Path: path}, // RoundTrip knows the replicas
		Header: make(http.Header),
	}).WithContext(r.Context())
	out.Header.Set(requestIDHeader, logging.RequestID(r.Context()))
	if err := g.introduce(out.Header, by, u); err != nil {
		return nil, err
	}
	return u.RoundTrip(out)
}

func copyAnswer(w http.ResponseWriter, answer *http.Response) {
	for _, name := range []string{"Content-Type", "WWW-Authenticate", "Retry-After"} {
		if value := answer.Header.Get(name); value != "" {
			w.Header().Set(name, value)
		}
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, io.LimitReader(answer.Body, request.MaxBodyBytes)) // fails when nobody reads it any more
}
