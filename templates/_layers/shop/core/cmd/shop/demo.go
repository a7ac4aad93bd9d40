package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/app/platform/app"
)

// demo places an order as a customer would, and prints what becomes of it.
func demo(ctx context.Context, env app.Env, args []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	shopURL := flags.String("url", "", "")
	jaegerURL := flags.String("jaeger", "", "")
	method := flags.String("method", "card", "")
	if err := app.ParseFlags(flags, args); err != nil {
		return err
	}
	if *shopURL != "" {
		return (&customer{url: strings.TrimSuffix(*shopURL, "/"), out: env.Out}).buy(ctx, *method, *jaegerURL)
	}
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	s, err := newShop(ctx, app.Base{OTLP: env.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")}, listener, io.Discard)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() { stopped <- s.run(ctx) }()
	err = (&customer{url: s.url, out: env.Out}).buy(ctx, *method, *jaegerURL)
	stop()
	if stopErr := <-stopped; err == nil {
		err = stopErr
	}
	return err
}

// customer is somebody who buys.
type customer struct {
	url   string
	out   io.Writer
	token string
	trace string // of the last answer
}

// buy registers, picks the first product that is there, orders two pieces and waits for
// the end.
func (c *customer) buy(ctx context.Context, method, jaegerURL string) error {
	email := "sari." + uuid.NewString()[:8] + "@example.com"
	account := map[string]string{"email": email, "name": "Sari", "password": "correct horse battery"}
	if err := c.call(ctx, http.MethodPost, "/v1/auth/register", account, nil); err != nil {
		return err
	}
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	delete(account, "name")
	if err := c.call(ctx, http.MethodPost, "/v1/auth/login", account, &tokens); err != nil {
		return err
	}
	c.token = tokens.AccessToken
	fmt.Fprintf(c.out, "%s has an account and is logged in\n", email)

	var products struct {
		Items []struct {
			ID   uuid.UUID `json:"id"`
			Name string    `json:"name"`
		} `json:"items"`
	}
	if err := c.call(ctx, http.MethodGet, "/v1/products?available=true", nil, &products); err != nil {
		return err
	}
	if len(products.Items) == 0 {
		return fmt.Errorf("the shop has nothing to sell: product samples adds something")
	}
	chosen := products.Items[0]
	o, err := c.place(ctx, chosen.ID, method)
	if err != nil {
		return err
	}
	trace := c.trace
	fmt.Fprintf(c.out, "orders 2 × %s, to pay by %s: order %s is accepted\n\n", chosen.Name, method, o.ID)
	if o, err = c.follow(ctx, o.ID); err != nil {
		return err
	}
	c.show(o)
	fmt.Fprintf(c.out, "\ntrace %s\n", trace)
	if jaegerURL == "" {
		return nil
	}
	return printTrace(ctx, c.out, strings.TrimSuffix(jaegerURL, "/"), trace, settle)
}

type orderAnswer struct {
	ID       uuid.UUID `json:"id"`
	Status   string    `json:"status"`
	Reason   string    `json:"reason"`
	PlacedAt time.Time `json:"placed_at"`
	History  []struct {
		At    time.Time `json:"at"`
		Event string    `json:"event"`
		Step  string    `json:"step"`
	} `json:"history"`
}

// place orders two pieces. A product that was added just now may not be known to the order
// service yet: the demonstration waits for it.
func (c *customer) place(ctx context.Context, productID uuid.UUID, method string) (orderAnswer, error) {
	order := map[string]any{
		"lines":          []map[string]any{{"product_id": productID, "quantity": 2}},
		"payment_method": method,
	}
	var placed orderAnswer
	var err error
	for range 100 {
		if err = c.call(ctx, http.MethodPost, "/v1/orders", order, &placed); err == nil {
			return placed, nil
		}
		if !strings.Contains(err.Error(), "422") {
			break
		}
		if err := sleep(ctx); err != nil {
			return placed, err
		}
	}
	return placed, err
}

// follow waits until the order is completed or cancelled.
func (c *customer) follow(ctx context.Context, id uuid.UUID) (orderAnswer, error) {
	for {
		var o orderAnswer
		if err := c.call(ctx, http.MethodGet, "/v1/orders/"+id.String(), nil, &o); err != nil {
			return o, err
		}
		if o.Status != "pending" {
			return o, nil
		}
		if err := sleep(ctx); err != nil {
			return o, err
		}
	}
}

func (c *customer) show(o orderAnswer) {
	for _, e := range o.History {
		fmt.Fprintf(c.out, "%8.0f ms  %-16s → %s\n", e.At.Sub(o.PlacedAt).Seconds()*1000, e.Event, e.Step)
	}
	fmt.Fprintf(c.out, "\nthe order is %s", o.Status)
	if o.Reason != "" {
		fmt.Fprintf(c.out, ": %s", o.Reason)
	}
	fmt.Fprintln(c.out)
}

func (c *customer) call(ctx context.Context, method, path string, body, answer any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode body: %w", err)
	}
	var reader io.Reader = http.NoBody
	if body != nil {
		reader = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, reader)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer response.Body.Close()
	c.trace = response.Header.Get("Trace-Id")
	if response.StatusCode >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10)) // it is for people
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, bytes.TrimSpace(text))
	}
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("read answer to %s %s: %w", method, path, err)
	}
	return nil
}

func sleep(ctx context.Context) error {
	const moment = 50 * time.Millisecond
	select {
	case <-time.After(moment):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
