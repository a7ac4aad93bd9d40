// Package logging makes the program's log.
package logging

import (
	"io"
	"log/slog"
)

// NewHandler returns a handler that writes records of the level or above to w: JSON in
// production, for machines, and text elsewhere, for people.
func NewHandler(w io.Writer, level slog.Leveler, production bool) slog.Handler {
	options := &slog.HandlerOptions{Level: level}
	if production {
		return slog.NewJSONHandler(w, options)
	}
	return slog.NewTextHandler(w, options)
}
