// Package limit says how often somebody may ask.
package limit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrExceeded is the outcome of a request for which nothing is left.
var ErrExceeded = errors.New("limit: exceeded")

// maxQuota keeps the time in which one request is refilled at a microsecond or more.
const maxQuota = 1_000_000

// Policy allows Quota requests at once and refills them evenly over Window, one
// after the other: the generic cell rate algorithm, a leaky bucket.
type Policy struct {
	Name   string        // of letters, digits and dashes; each policy has allowances of its own
	Quota  int           // from 1 to 1,000,000
	Window time.Duration // whole seconds
}

// Interval is the time in which one request is refilled, in whole microseconds.
func (p Policy) Interval() time.Duration {
	return (p.Window / time.Duration(p.Quota)).Truncate(time.Microsecond)
}

// ParseRate reads a rate such as 600/m: that many for each second (s), minute (m) or
// hour (h).
func ParseRate(s string) (quota int, window time.Duration, err error) {
	number, unit, _ := strings.Cut(s, "/")
	windows := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}
	window, known := windows[unit]
	n, err := strconv.ParseUint(number, 10, 32)
	if !known || err != nil || n < 1 || n > maxQuota {
		return 0, 0, fmt.Errorf("rate must be from 1 to %d, and end in /s, /m or /h, not %q", maxQuota, s)
	}
	return int(n), window, nil
}

// Decision is the answer to one request.
type Decision struct {
	Allowed   bool
	Remaining int           // how many more would be allowed now
	Reset     time.Duration // until it is one more than Remaining; always more than 0
}

// SetHeaders tells the client what is left of p, beside what other policies have
// said, in the words of draft-ietf-httpapi-ratelimit-headers-11, and when to come
// again if it has to wait. Times are in seconds, rounded up.
func (d Decision) SetHeaders(h http.Header, p Policy) {
	reset := int64((d.Reset + time.Second - 1) / time.Second)
	h.Add("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", p.Name, p.Quota, int64(p.Window/time.Second)))
	h.Add("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", p.Name, d.Remaining, reset))
	if !d.Allowed {
		h.Set("Retry-After", strconv.FormatInt(reset, 10))
	}
}

// Store keeps the allowances.
type Store interface {
	// Take takes one request off the allowance that p grants key, unless nothing is
	// left of it, whoever else takes at the same time. It returns
	// outage.ErrUnavailable when the store cannot be reached.
	Take(ctx context.Context, p Policy, key string) (Decision, error)
}
