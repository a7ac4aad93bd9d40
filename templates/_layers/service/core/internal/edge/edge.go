// Package edge is what happens to each request before it reaches the routes, and to
// each answer whatever it holds.
package edge

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/rs/cors"

	"example.com/app/internal/logging"
)

// Options says how strict to be.
type Options struct {
	Production bool     // browsers are told to come by HTTPS only
	Origins    []string // whose scripts may read answers, such as https://app.example.com
}

// New returns a handler that prepares requests and answers for next.
func New(next http.Handler, o Options) http.Handler {
	return WithRequestID(secure(shareWith(o.Origins, next), o.Production))
}

const requestIDHeader = "X-Request-Id"

// WithRequestID gives each request an id, for the log and for the client: the one
// that it came with, so that it can be followed from one service to the next, or a
// new one.
func WithRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if !usable(id) {
			id = uuid.Must(uuid.NewV7()).String() // fails only where the system has no random numbers
		}
		w.Header().Set(requestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(logging.WithRequestID(r.Context(), id)))
	})
}

// usable keeps out of the log, and of answers, what a client could forge lines with.
func usable(id string) bool {
	const (
		longest = 64
		letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	)
	return id != "" && len(id) <= longest && strings.Trim(id, letters) == ""
}

// shareWith lets the scripts of the origins, and of no others, use the API from a
// browser. They send tokens of their own accord; no cookie is involved.
func shareWith(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		// Not AllowedOrigins, in which a star is more than a character.
		AllowOriginFunc: func(origin string) bool { return slices.Contains(origins, origin) },
		AllowedMethods: []string{
			http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		},
		AllowedHeaders: []string{"Authorization", "Content-Type", "If-Match", "Idempotency-Key", requestIDHeader},
		ExposedHeaders: []string{
			"ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "Total-Count", requestIDHeader,
		},
		MaxAge: 7200, // seconds; no browser keeps it longer than Chrome, two hours
	}).Handler(next)
}
