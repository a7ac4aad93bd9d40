package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/database"
	"example.com/app/internal/page"
	"example.com/app/platform/outbox"
	"example.com/app/services/user/internal/account"
)

// Accounts keeps accounts.
type Accounts struct {
	pool   *pgxpool.Pool
	outbox *outbox.Postgres
}

var _ account.Store = (*Accounts)(nil)

// adminsLock is the key of the advisory lock of whoever changes accounts.
const adminsLock = 7_101

// NewAccounts keeps accounts in the database of pool, and tells of them by way of the
// outbox in the same database.
func NewAccounts(pool *pgxpool.Pool, o *outbox.Postgres) *Accounts {
	return &Accounts{pool: pool, outbox: o}
}

const accountColumns = "id, email, name, password_hash, role, active, epoch, created_at, updated_at"

func scanAccount(row pgx.Row, more ...any) (account.Account, error) {
	var a account.Account
	err := row.Scan(append([]any{
		&a.ID, &a.Email, &a.Name, &a.PasswordHash, &a.Role, &a.Active, &a.Epoch, &a.CreatedAt, &a.UpdatedAt,
	}, more...)...)
	return a, err
}

// Create implements account.Store.
func (s *Accounts) Create(ctx context.Context, a account.Account, say ...events.Event) error {
	err := s.outbox.Within(ctx, func(tx pgx.Tx) ([]events.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO users (`+accountColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			a.ID, a.Email, a.Name, a.PasswordHash, a.Role, a.Active, a.Epoch, a.CreatedAt, a.UpdatedAt)
		if database.Violates(err, "users_email_key") {
			err = account.ErrEmailTaken
		}
		return say, err
	})
	if err != nil {
		return fmt.Errorf("create account: %w", err)
	}
	return nil
}

// Get implements account.Store.
func (s *Accounts) Get(ctx context.Context, id uuid.UUID) (account.Account, error) {
	a, err := scanAccount(s.pool.QueryRow(ctx, `SELECT `+accountColumns+` FROM users WHERE id = $1`, id))
	if err != nil {
		return account.Account{}, fmt.Errorf("get account %s: %w", id, database.Cause(ctx, database.OrNotFound(err, account.ErrNotFound)))
	}
	return a, nil
}

// ByEmail implements account.Store.
func (s *Accounts) ByEmail(ctx context.Context, email string) (account.Account, error) {
	a, err := scanAccount(s.pool.QueryRow(ctx, `SELECT `+accountColumns+` FROM users WHERE email = $1`, email))
	if err != nil {
		return account.Account{}, fmt.Errorf("get account by e-mail: %w", database.Cause(ctx, database.OrNotFound(err, account.ErrNotFound)))
	}
	return a, nil
}

// List implements account.Store.
func (s *Accounts) List(ctx context.Context, q account.Query) (page.List[account.Account], error) {
	selected := database.Selection{
		Columns: accountColumns,
		Table:   "users",
		Orders:  map[string]string{"email": "email", "created_at": "created_at"},
	}
	if q.Email != "" {
		selected.Where(`email LIKE @email`, pgx.NamedArgs{"email": "%" + escapeLike(strings.ToLower(q.Email)) + "%"})
	}
	if q.Role != nil {
		selected.Where(`role = @role`, pgx.NamedArgs{"role": *q.Role})
	}
	if q.Active != nil {
		selected.Where(`active = @active`, pgx.NamedArgs{"active": *q.Active})
	}
	accounts, err := database.List(ctx, s.pool, selected, q.Page, scanAccount)
	if err != nil {
		return accounts, fmt.Errorf("list accounts: %w", database.Cause(ctx, err))
	}
	return accounts, nil
}

// Change implements account.Store. All changes wait for each other, so that two
// admins who demote each other cannot both find the other one still there.
func (s *Accounts) Change(ctx context.Context, id uuid.UUID, c account.Change, now time.Time) (account.Account, error) {
	var changed account.Account
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, adminsLock); err != nil {
			return err
		}
		var wasAdmin bool
		err := tx.QueryRow(ctx, `SELECT active AND role = $2 FROM users WHERE id = $1`, id, auth.RoleAdmin).Scan(&wasAdmin)
		if err != nil {
			return database.OrNotFound(err, account.ErrNotFound)
		}
		changed, err = scanAccount(tx.QueryRow(ctx, `
			UPDATE users
			SET role = coalesce($2, role),
			    active = coalesce($3, active),
			    epoch = epoch + CASE WHEN active AND NOT coalesce($3, active) THEN 1 ELSE 0 END,
			    updated_at = $4
			WHERE id = $1
			RETURNING `+accountColumns, id, c.Role, c.Active, now))
		if err != nil || !wasAdmin {
			return err
		}
		var anyAdmin bool
		err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users WHERE active AND role = $1)`, auth.RoleAdmin).Scan(&anyAdmin)
		if err == nil && !anyAdmin {
			err = account.ErrLastAdmin
		}
		return err
	})
	if err != nil {
		return account.Account{}, fmt.Errorf("change account %s: %w", id, database.Cause(ctx, err))
	}
	return changed, nil
}

// escapeLike takes the special meaning from the characters of a LIKE pattern.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
