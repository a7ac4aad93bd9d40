// Package sandbox is a payment provider's sandbox: an outside party, as far as the shop is
// concerned, and simulated. It takes charges over HTTP, answers each later by a
// notification, and keeps a ledger in memory.
//
// Notifications are signed as Stripe's are: the header `Signature: t=SECONDS,v1=HEX` holds
// the HMAC-SHA256 of `SECONDS.BODY` with the secret that provider and shop share.
package sandbox

import (
	"cmp"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Methods of payment, by which the shop says what is to happen. Others are refused.
const (
	Card         = "card"          // taken, notified at once
	CardDeclined = "card-declined" // declined
	CardSilent   = "card-silent"   // taken, and never notified
	CardLate     = "card-late"     // taken, and notified late
	CardTwice    = "card-twice"    // taken, and notified twice
)

// Status is what has become of a charge.
type Status string

// The statuses.
const (
	Pending  Status = "pending"
	Taken    Status = "taken"
	Declined Status = "declined"
	Refunded Status = "refunded"
)

// Charge is an entry of the ledger.
type Charge struct {
	Key      string `json:"key"` // the shop's name for it: the charge happens once for each
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	Method   string `json:"method"`
	Status   Status `json:"status"`
	Notified int    `json:"notified"` // times that the shop has taken in a notification

	notifyURL string
	made      time.Time
}

// Sandbox is a payment provider. All fields but Late are required.
type Sandbox struct {
	Key    []byte       // by which the shop says who it is
	Secret []byte       // signs notifications
	Client *http.Client // for notifications
	Logger *slog.Logger
	Late   time.Duration // how late CardLate is notified; 0: lateDefault

	mu      sync.Mutex
	charges map[string]*Charge
	queue   chan notification
}

const lateDefault = 20 * time.Second

// New returns a provider with an empty ledger.
func New(key, secret []byte, client *http.Client, logger *slog.Logger) *Sandbox {
	const longest = 10_000 // notifications in line
	return &Sandbox{
		Key: key, Secret: secret, Client: client, Logger: logger, Late: lateDefault,
		charges: make(map[string]*Charge), queue: make(chan notification, longest),
	}
}

// Ledger returns all charges, the oldest first.
func (s *Sandbox) Ledger() []Charge {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Charge, 0, len(s.charges))
	for _, c := range s.charges {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Charge) int { return cmp.Or(a.made.Compare(b.made), cmp.Compare(a.Key, b.Key)) })
	return all
}

// charge takes a charge, or says that the same key was used for another one. Taking money
// is quick; that the shop hears of it takes longer, or never happens.
func (s *Sandbox) charge(asked Charge) (known Charge, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, again := s.charges[asked.Key]; again {
		same := before.Amount == asked.Amount && before.Currency == asked.Currency && before.Method == asked.Method
		// A charge that was refunded before it came has no amount yet: it takes nothing.
		return *before, same || before.Status == Refunded
	}
	asked.made = time.Now()
	asked.Status = Taken
	if asked.Method == CardDeclined {
		asked.Status = Declined
	}
	s.charges[asked.Key] = &asked
	s.announce(asked)
	return asked, true
}

// refund gives back what was taken, and sees to it that nothing will be. It may be asked
// for before the charge, when messages overtake each other.
func (s *Sandbox) refund(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.charges[key]
	if !ok {
		s.charges[key] = &Charge{Key: key, Status: Refunded, made: time.Now()}
		return
	}
	if c.Status != Declined {
		c.Status = Refunded
	}
}

func (s *Sandbox) notified(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.charges[key].Notified++
}
