package httpapi

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/acme/reservation-api/internal/auth"
)

// exchange is how a request was answered.
type exchange struct {
	route    string // the pattern of the path; empty where no route has it
	status   int
	took     time.Duration
	clientIP string
	actor    auth.Actor // who asked, as far as it is known
}

// logRequest writes the line that each request gets. It leaves the query string
// out: people search by name and e-mail address.
func (s *server) logRequest(r *http.Request, e exchange) {
	level := slog.LevelInfo
	if path := r.URL.Path; path == "/healthz" || path == "/readyz" {
		level = slog.LevelDebug // asked every few seconds
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.String("route", e.route),
		slog.Int("status", e.status),
		slog.Duration("duration", e.took),
		slog.String("client_ip", e.clientIP),
	}
	if e.actor != (auth.Actor{}) {
		attrs = append(attrs, slog.String("user_id", e.actor.ID.String()))
	}
	s.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}
