package parts

import (
	"log/slog"

	"github.com/acme/reservation-api/internal/config"
	"github.com/acme/reservation-api/internal/mail"
)

// Mail returns the way out for e-mails, or the log where there is none.
func Mail(cfg config.All, logger *slog.Logger) (mail.Sender, error) {
	if cfg.SMTPURL == "" {
		logger.Warn("SMTP_URL is not set: e-mails are logged instead of sent")
		return mail.Log{Logger: logger}, nil
	}
	return mail.OpenSMTP(cfg.SMTPURL, cfg.MailFrom)
}
