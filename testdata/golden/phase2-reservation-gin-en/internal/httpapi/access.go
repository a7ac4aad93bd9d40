package httpapi

import (
	"log/slog"
	"net/http"
	"time"
)

// logRequest writes the line that each request gets. It leaves the query string
// out: people search by name and e-mail address.
func logRequest(log *slog.Logger, r *http.Request, route string, status int, took time.Duration, clientIP string) {
	level := slog.LevelInfo
	if path := r.URL.Path; path == "/healthz" || path == "/readyz" {
		level = slog.LevelDebug // asked every few seconds
	}
	log.LogAttrs(r.Context(), level, "request",
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Duration("duration", took),
		slog.String("client_ip", clientIP),
	)
}
