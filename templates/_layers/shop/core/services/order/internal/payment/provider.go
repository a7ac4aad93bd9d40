// Package payment takes money, and gives it back, by way of a payment provider. The
// provider answers at once that it has understood, and later, by a notification, what has
// become of it: docs of Midtrans, Xendit and Stripe describe the same.
package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/outage"
)

// ErrRefused is the outcome of a charge that the provider will not even try.
var ErrRefused = errors.New("payment: refused")

// Provider takes money and gives it back. Both may be asked for again, under the same
// order's id, and happen once. They return outage.ErrUnavailable when nobody knows
// whether it happened.
type Provider interface {
	// Charge asks for a payment. What becomes of it comes later. It returns ErrRefused
	// when the provider does not accept the request.
	Charge(ctx context.Context, orderID uuid.UUID, total events.Money, method string) error

	// Refund gives back what was taken for an order, if anything was, and sees to it
	// that nothing will be.
	Refund(ctx context.Context, orderID uuid.UUID) error
}

// HTTP is a provider with an API over HTTP. Its fields are required.
type HTTP struct {
	URL       *url.URL // of the API
	Key       []byte   // says who we are
	NotifyURL string   // where notifications are to come
	Client    *http.Client
}

var _ Provider = (*HTTP)(nil)

type charge struct {
	Amount    int64  `json:"amount"`
	Currency  string `json:"currency"`
	Method    string `json:"method"`
	NotifyURL string `json:"notify_url"`
}

// Charge implements Provider.
func (h *HTTP) Charge(ctx context.Context, orderID uuid.UUID, total events.Money, method string) error {
	body, err := json.Marshal(charge{
		Amount: total.Amount, Currency: total.Currency, Method: method, NotifyURL: h.NotifyURL,
	})
	if err != nil {
		return fmt.Errorf("encode charge: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL.JoinPath("charges").String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make charge request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", orderID.String())
	if err := h.do(request); err != nil {
		return fmt.Errorf("charge order %s: %w", orderID, err)
	}
	return nil
}

// Refund implements Provider.
func (h *HTTP) Refund(ctx context.Context, orderID uuid.UUID) error {
	refund := h.URL.JoinPath("charges", orderID.String(), "refund").String()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, refund, http.NoBody)
	if err != nil {
		return fmt.Errorf("make refund request: %w", err)
	}
	if err := h.do(request); err != nil {
		return fmt.Errorf("refund order %s: %w", orderID, err)
	}
	return nil
}

func (h *HTTP) do(request *http.Request) error {
	request.Header.Set("Authorization", "Bearer "+string(h.Key))
	client := *h.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // it would go on with GET
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", outage.ErrUnavailable, err)
	}
	defer response.Body.Close()
	// A body that is read to its end lets the connection be used again.
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)); err != nil {
		return fmt.Errorf("%w: %w", outage.ErrUnavailable, err)
	}
	switch status := response.StatusCode; {
	case status < http.StatusMultipleChoices:
		return nil
	case status == http.StatusBadRequest, status == http.StatusPaymentRequired, status == http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: %s", ErrRefused, response.Status)
	default:
		return fmt.Errorf("%w: %s", outage.ErrUnavailable, response.Status)
	}
}
