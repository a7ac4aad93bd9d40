package payment

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/app/services/order/internal/checkout"
)

// Outcomes of a notification that is not acted upon.
var (
	ErrSignature = errors.New("payment: notification is not signed by the provider")
	ErrMalformed = errors.New("payment: notification cannot be read")
)

// maxAge is how old a notification may be: whoever has got hold of an old one cannot use
// it for ever.
const maxAge = 5 * time.Minute

// Notifications tells the checkout what the provider notifies us of. All fields are
// required.
type Notifications struct {
	Secret    []byte // known to the provider and us
	Checkouts *checkout.Service
	Now       func() time.Time
}

type notification struct {
	ID      uuid.UUID `json:"id"`
	Charge  uuid.UUID `json:"charge"`
	Outcome string    `json:"outcome"`
}

// Receive takes in a notification's body and the header that proves whose it is. The
// provider sends it again until this succeeds; one that came before changes nothing. It
// returns ErrSignature, ErrMalformed, or checkout.ErrNotFound.
func (n *Notifications) Receive(ctx context.Context, body []byte, signature string) error {
	if err := n.verify(body, signature); err != nil {
		return err
	}
	var told notification
	if err := json.Unmarshal(body, &told); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	answers := map[string]checkout.Answer{
		"taken":    checkout.PaymentTaken,
		"declined": checkout.PaymentDeclined,
	}
	answer, known := answers[told.Outcome]
	if !known || told.ID == uuid.Nil {
		return fmt.Errorf("%w: outcome %q with id %s", ErrMalformed, told.Outcome, told.ID)
	}
	return n.Checkouts.AnswerFromOutside(ctx, told.Charge, told.ID.String(), answer)
}

// verify reads `t=SECONDS,v1=HEX`: the HMAC-SHA256 of `SECONDS.BODY`.
func (n *Notifications) verify(body []byte, signature string) error {
	stamp, sum, _ := strings.Cut(signature, ",")
	stamp, isTime := strings.CutPrefix(stamp, "t=")
	sum, isSum := strings.CutPrefix(sum, "v1=")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if !isTime || !isSum || err != nil {
		return ErrSignature
	}
	given, err := hex.DecodeString(sum)
	if err != nil {
		return ErrSignature
	}
	mac := hmac.New(sha256.New, n.Secret)
	fmt.Fprintf(mac, "%d.%s", seconds, body)
	if !hmac.Equal(given, mac.Sum(nil)) {
		return ErrSignature
	}
	if age := n.Now().Sub(time.Unix(seconds, 0)); age > maxAge || age < -maxAge {
		return ErrSignature
	}
	return nil
}
