package payment_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/checkout/checkouttest"
	"example.com/app/services/order/internal/payment"
)

const secret = "secret of the shop and its provider"

func now() time.Time { return time.Date(2030, time.January, 1, 0, 0, 0, 0, time.UTC) }

func receiver(checkouts *checkout.Service) *payment.Notifications {
	return &payment.Notifications{Secret: []byte(secret), Checkouts: checkouts, Now: now}
}

// sign returns the header of a body that was signed at a time.
func sign(body, key string, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

func body(charge uuid.UUID, outcome string) string {
	return fmt.Sprintf(`{"id":%q,"charge":%q,"outcome":%q}`, uuid.New(), charge, outcome)
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for outcome, want := range map[string]checkout.Step{"taken": checkout.Confirming, "declined": checkout.Releasing} {
		checkouts, _ := checkouttest.NewService()
		o := checkouttest.Place(t, checkouts, checkout.StockReserved)
		told := body(o.ID, outcome)
		for range 2 { // the second changes nothing
			if err := receiver(checkouts).Receive(t.Context(), []byte(told), sign(told, secret, now())); err != nil {
				t.Errorf("Receive(%s) = %v", outcome, err)
			}
			checkouttest.WantStep(t, checkouts, o.ID, want)
		}
	}
}

// TestSignature has a signature that openssl made.
func TestSignature(t *testing.T) {
	t.Parallel()
	checkouts, _ := checkouttest.NewService()
	const (
		told   = `{"id":"0196f0a0-0000-7000-8000-000000000001","charge":"0196f0a0-0000-7000-8000-000000000002","outcome":"taken"}`
		signed = "t=1893456000,v1=9aa7cdfedbf686193df5b9d03401db724c71fe3f212acc4b2ece1df5ee7a21ee"
	)
	err := receiver(checkouts).Receive(t.Context(), []byte(told), signed)
	if !errors.Is(err, checkout.ErrNotFound) { // it was read
		t.Errorf("Receive() = %v, want %v", err, checkout.ErrNotFound)
	}
}

func TestForged(t *testing.T) {
	t.Parallel()
	checkouts, _ := checkouttest.NewService()
	o := checkouttest.Place(t, checkouts, checkout.StockReserved)
	told := body(o.ID, "taken")
	good := sign(told, secret, now())
	stamp, sum, _ := strings.Cut(good, ",")
	tests := []struct {
		name      string
		body      string
		signature string
	}{
		{"no signature", told, ""},
		{"another secret", told, sign(told, "another", now())},
		{"no secret", told, sign(told, "", now())},
		{"another body", body(o.ID, "taken"), good},
		{"a space more", told + " ", good},
		{"no body", "", good},
		{"another time", told, fmt.Sprintf("t=%d,%s", now().Unix()+1, sum)},
		{"an old one", told, sign(told, secret, now().Add(-5*time.Minute-time.Second))},
		{"one of the future", told, sign(told, secret, now().Add(5*time.Minute+time.Second))},
		{"one of the far past", told, sign(told, secret, time.Unix(-1<<62, 0))},
		{"one of the far future", told, sign(told, secret, time.Unix(1<<62, 0))},
		{"no time", told, sum},
		{"no sum", told, stamp},
		{"an empty sum", told, stamp + ",v1="},
		{"half a sum", told, good[:len(good)-32]},
		{"a sum that is no number", told, stamp + ",v1=" + strings.Repeat("x", 64)},
		{"a time that is no number", told, "t=now," + sum},
		{"an older scheme", told, stamp + "," + strings.Replace(sum, "v1=", "v0=", 1)},
		{"the other way round", told, sum + "," + stamp},
		{"two sums", told, good + "," + sum},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := receiver(checkouts).Receive(t.Context(), []byte(tt.body), tt.signature)
			if !errors.Is(err, payment.ErrSignature) {
				t.Errorf("Receive() = %v, want %v", err, payment.ErrSignature)
			}
			checkouttest.WantStep(t, checkouts, o.ID, checkout.Paying)
		})
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for _, age := range []time.Duration{5 * time.Minute, -5 * time.Minute} {
		checkouts, _ := checkouttest.NewService()
		o := checkouttest.Place(t, checkouts, checkout.StockReserved)
		told := body(o.ID, "taken")
		if err := receiver(checkouts).Receive(t.Context(), []byte(told), sign(told, secret, now().Add(-age))); err != nil {
			t.Errorf("Receive() of what is %s old = %v", age, err)
		}
	}
}

func TestUnreadableNotification(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body string // of ORDER
		want error
	}{
		{"nothing", "", payment.ErrMalformed},
		{"no JSON", "taken", payment.ErrMalformed},
		{"no object", "[]", payment.ErrMalformed},
		{"null", "null", payment.ErrMalformed},
		{"no outcome", `{"id":"0196f0a0-0000-7000-8000-000000000001","charge":"ORDER"}`, payment.ErrMalformed},
		{"an unknown outcome", `{"id":"0196f0a0-0000-7000-8000-000000000001","charge":"ORDER","outcome":"TAKEN"}`, payment.ErrMalformed},
		{"a charge that is no id", `{"id":"0196f0a0-0000-7000-8000-000000000001","charge":"1","outcome":"taken"}`, payment.ErrMalformed},
		// It could not be told from the next one without an id, which would be passed over.
		{"no id", `{"charge":"ORDER","outcome":"taken"}`, payment.ErrMalformed},
		{"no charge", `{"id":"0196f0a0-0000-7000-8000-000000000001","outcome":"taken"}`, checkout.ErrNotFound},
		{"an unknown charge", body(uuid.New(), "taken"), checkout.ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkouts, _ := checkouttest.NewService()
			o := checkouttest.Place(t, checkouts, checkout.StockReserved)
			told := strings.ReplaceAll(tt.body, "ORDER", o.ID.String())
			err := receiver(checkouts).Receive(t.Context(), []byte(told), sign(told, secret, now()))
			if !errors.Is(err, tt.want) {
				t.Errorf("Receive() = %v, want %v", err, tt.want)
			}
			checkouttest.WantStep(t, checkouts, o.ID, checkout.Paying)
		})
	}
}

// TestTraceOfNotification has a provider who knows nothing of our traces.
func TestTraceOfNotification(t *testing.T) {
	t.Parallel()
	checkouts, _ := checkouttest.NewService()
	traces := new(checkouttest.Traces)
	checkouts.Trace = traces
	o := checkouttest.Place(t, checkouts, checkout.StockReserved)
	told := body(o.ID, "taken")
	if err := receiver(checkouts).Receive(checkouttest.With(t.Context(), "the provider's"), []byte(told), sign(told, secret, now())); err != nil {
		t.Fatalf("Receive() = %v", err)
	}
	if got := traces.Continued(); !slices.Equal(got, []string{o.TraceParent}) {
		t.Errorf("continued the traces %q, want the order's", got)
	}
}
