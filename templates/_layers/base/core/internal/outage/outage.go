// Package outage names the one failure that is neither the client's fault nor
// ours: a service that the program needs cannot be reached just now.
package outage

import "errors"

// ErrUnavailable is wrapped by adapters whose service cannot be reached. The
// same call may succeed later; nothing is known of a write that was under way.
var ErrUnavailable = errors.New("service unavailable")
