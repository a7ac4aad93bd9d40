package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
)

type notification struct {
	ID      uuid.UUID `json:"id"` // the same when it is delivered again
	Charge  string    `json:"charge"`
	Outcome Status    `json:"outcome"`

	url   string
	after time.Duration
}

// announce puts the notifications of a charge in line.
func (s *Sandbox) announce(c Charge) {
	n := notification{ID: uuid.New(), Charge: c.Key, Outcome: c.Status, url: c.notifyURL}
	switch c.Method {
	case CardSilent:
		return
	case CardLate:
		n.after = s.Late
	case CardTwice:
		s.enqueue(n)
		n.ID = uuid.New() // as if it were news
	}
	s.enqueue(n)
}

// enqueue drops what there is no room for. The shop must live with a notification that
// does not come.
func (s *Sandbox) enqueue(n notification) {
	select {
	case s.queue <- n:
	default:
		s.Logger.Warn("notification is dropped", slog.String("charge", n.Charge))
	}
}

const (
	firstRetry = 200 * time.Millisecond
	lastRetry  = 30 * time.Second
	giveUp     = 10 * time.Minute
)

// Run delivers notifications until ctx is done.
func (s *Sandbox) Run(ctx context.Context) error {
	var deliveries sync.WaitGroup
	defer deliveries.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case n := <-s.queue:
			deliveries.Go(func() { s.deliver(ctx, n) })
		}
	}
}

// deliver tries until the shop has taken the notification in.
func (s *Sandbox) deliver(ctx context.Context, n notification) {
	ctx, cancel := context.WithTimeout(ctx, giveUp)
	defer cancel()
	wait := n.after
	for delay := firstRetry; ; delay = min(2*delay, lastRetry) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		err := s.post(ctx, n)
		if err == nil {
			s.notified(n.Charge)
			return
		}
		s.Logger.Info("notification is not taken in", slog.String("charge", n.Charge), slog.Any("error", err))
		wait = delay
	}
}

func (s *Sandbox) post(ctx context.Context, n notification) error {
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encode notification: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make notification: %w", err)
	}
	now := time.Now().Unix()
	mac := hmac.New(sha256.New, s.Secret)
	fmt.Fprintf(mac, "%d.%s", now, body)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Signature", fmt.Sprintf("t=%d,v1=%s", now, hex.EncodeToString(mac.Sum(nil))))
	response, err := s.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the shop answers %s", response.Status)
	}
	return nil
}
