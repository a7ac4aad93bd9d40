// Package parts is what the programs have in common.
package parts

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"example.com/app/internal/config"
	"example.com/app/internal/errortracking"
	"example.com/app/internal/logging"
)

// Logger returns the log, which also goes to Sentry as far as it tells of errors,
// if there is a Sentry. Flush is called last: it waits until Sentry has everything.
func Logger(cfg config.All, w io.Writer) (logger *slog.Logger, flush func(), err error) {
	if cfg.SentryDSN == "" {
		return logging.New(w, cfg.LogLevel, cfg.Production), func() {}, nil
	}
	environment := "development"
	if cfg.Production {
		environment = "production"
	}
	errs, flushFor, err := errortracking.Open(cfg.SentryDSN, environment, Version(cfg))
	if err != nil {
		return nil, nil, fmt.Errorf("open Sentry: %w", err)
	}
	const patience = 5 * time.Second
	return logging.New(w, cfg.LogLevel, cfg.Production, errs), func() { flushFor(patience) }, nil
}
