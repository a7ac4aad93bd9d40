// Package inbox remembers which messages had their effect, so that one which comes twice
// has it once. Any message may: the bus repeats what was not acknowledged in time.
package inbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/app/internal/database"
)

// Take notes in tx that the consumer has handled the message, and says whether that is
// new. It is so for one of two that ask at the same time: the other waits until tx ends.
func Take(ctx context.Context, tx pgx.Tx, consumer, messageID string) (isNew bool, err error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO inbox (consumer, message_id) VALUES ($1, $2)
		ON CONFLICT DO NOTHING`, consumer, messageID)
	if err != nil {
		return false, fmt.Errorf("take message: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// Postgres remembers messages whose effect is not in the database, such as an e-mail: such
// an effect happens twice when the process ends between it and Note.
type Postgres struct {
	DB       database.DB
	Consumer string
}

// Seen says whether the message is noted.
func (p Postgres) Seen(ctx context.Context, messageID string) (seen bool, err error) {
	err = p.DB.QueryRow(ctx, `SELECT EXISTS (SELECT FROM inbox WHERE consumer = $1 AND message_id = $2)`,
		p.Consumer, messageID).Scan(&seen)
	if err != nil {
		return false, fmt.Errorf("look for message: %w", database.Cause(ctx, err))
	}
	return seen, nil
}

// Note notes that the message had its effect.
func (p Postgres) Note(ctx context.Context, messageID string) error {
	_, err := p.DB.Exec(ctx, `
		INSERT INTO inbox (consumer, message_id) VALUES ($1, $2)
		ON CONFLICT DO NOTHING`, p.Consumer, messageID)
	if err != nil {
		return fmt.Errorf("note message: %w", database.Cause(ctx, err))
	}
	return nil
}

// Forget deletes what was handled before the time given, which must lie further back
// than a message may come again.
func Forget(ctx context.Context, db database.DB, before time.Time) error {
	if _, err := db.Exec(ctx, `DELETE FROM inbox WHERE handled_at < $1`, before); err != nil {
		return fmt.Errorf("forget messages: %w", database.Cause(ctx, err))
	}
	return nil
}

// Memory remembers in the memory of the process. The zero value is ready for use.
type Memory struct {
	mu    sync.Mutex
	noted map[string]struct{}
}

// Once calls do unless it succeeded for the message before.
func (m *Memory) Once(messageID string, do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, old := m.noted[messageID]; old {
		return nil
	}
	if err := do(); err != nil {
		return err
	}
	m.note(messageID)
	return nil
}

// Seen says whether the message is noted. It never fails.
func (m *Memory) Seen(_ context.Context, messageID string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, seen := m.noted[messageID]
	return seen, nil
}

// Note notes that the message had its effect. It never fails.
func (m *Memory) Note(_ context.Context, messageID string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.note(messageID)
	return nil
}

func (m *Memory) note(messageID string) {
	if m.noted == nil {
		m.noted = make(map[string]struct{})
	}
	m.noted[messageID] = struct{}{}
}
