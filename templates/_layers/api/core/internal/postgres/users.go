package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/app/internal/auth"
	"example.com/app/internal/database"
	"example.com/app/internal/page"
	"example.com/app/internal/user"
)

// Users keeps accounts.
type Users struct {
	db database.DB
}

var _ user.Store = (*Users)(nil)

// NewUsers keeps accounts in db.
func NewUsers(db database.DB) *Users { return &Users{db: db} }

const userColumns = "id, email, name, password_hash, role, active, epoch, created_at, updated_at"

func scanUser(row pgx.Row, more ...any) (user.User, error) {
	var u user.User
	err := row.Scan(append([]any{
		&u.ID, &u.Email, &u.Name, &u.PasswordHash, &u.Role, &u.Active, &u.Epoch, &u.CreatedAt, &u.UpdatedAt,
	}, more...)...)
	return u, err
}

// Create implements user.Store.
func (s *Users) Create(ctx context.Context, u user.User) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO users (`+userColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		u.ID, u.Email, u.Name, u.PasswordHash, u.Role, u.Active, u.Epoch, u.CreatedAt, u.UpdatedAt)
	if database.Violates(err, "users_email_key") {
		err = user.ErrEmailTaken
	}
	if err != nil {
		return fmt.Errorf("create user: %w", database.Cause(ctx, err))
	}
	return nil
}

// Get implements user.Store.
func (s *Users) Get(ctx context.Context, id uuid.UUID) (user.User, error) {
	u, err := scanUser(s.db.QueryRow(ctx, `SELECT `+userColumns+` FROM users WHERE id = $1`, id))
	if err != nil {
		return user.User{}, fmt.Errorf("get user %s: %w", id, database.Cause(ctx, database.OrNotFound(err, user.ErrNotFound)))
	}
	return u, nil
}

// ByEmail implements user.Store.
func (s *Users) ByEmail(ctx context.Context, email string) (user.User, error) {
	u, err := scanUser(s.db.QueryRow(ctx, `SELECT `+userColumns+` FROM users WHERE email = $1`, email))
	if err != nil {
		return user.User{}, fmt.Errorf("get user by e-mail: %w", database.Cause(ctx, database.OrNotFound(err, user.ErrNotFound)))
	}
	return u, nil
}

// List implements user.Store.
func (s *Users) List(ctx context.Context, q user.Query) (page.List[user.User], error) {
	selected := database.Selection{
		Columns: userColumns,
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
	users, err := database.List(ctx, s.db, selected, q.Page, scanUser)
	if err != nil {
		return users, fmt.Errorf("list users: %w", database.Cause(ctx, err))
	}
	return users, nil
}

// Change implements user.Store. All changes wait for each other, so that two
// admins who demote each other cannot both find the other one still there.
func (s *Users) Change(ctx context.Context, id uuid.UUID, c user.Change, now time.Time) (user.User, error) {
	var changed user.User
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, 0)`, lockAdmins); err != nil {
			return err
		}
		var wasAdmin bool
		err := tx.QueryRow(ctx, `SELECT active AND role = $2 FROM users WHERE id = $1`, id, auth.RoleAdmin).Scan(&wasAdmin)
		if err != nil {
			return database.OrNotFound(err, user.ErrNotFound)
		}
		changed, err = scanUser(tx.QueryRow(ctx, `
			UPDATE users
			SET role = coalesce($2, role),
			    active = coalesce($3, active),
			    epoch = epoch + CASE WHEN active AND NOT coalesce($3, active) THEN 1 ELSE 0 END,
			    updated_at = $4
			WHERE id = $1
			RETURNING `+userColumns, id, c.Role, c.Active, now))
		if err != nil || !wasAdmin {
			return err
		}
		var anyAdmin bool
		err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users WHERE active AND role = $1)`, auth.RoleAdmin).Scan(&anyAdmin)
		if err == nil && !anyAdmin {
			err = user.ErrLastAdmin
		}
		return err
	})
	if err != nil {
		return user.User{}, fmt.Errorf("change user %s: %w", id, database.Cause(ctx, err))
	}
	return changed, nil
}

// SetPassword implements user.Store.
func (s *Users) SetPassword(ctx context.Context, id uuid.UUID, epoch int, hash []byte, now time.Time) error {
	done, err := s.db.Exec(ctx, `
		UPDATE users SET password_hash = $3, epoch = epoch + 1, updated_at = $4
		WHERE id = $1 AND epoch = $2`,
		id, epoch, hash, now)
	if err == nil && done.RowsAffected() == 0 {
		if _, err = s.Get(ctx, id); err == nil {
			err = user.ErrEpochOver
		}
	}
	if err != nil {
		return fmt.Errorf("set password of user %s: %w", id, database.Cause(ctx, err))
	}
	return nil
}

// NewEpoch implements user.Store.
func (s *Users) NewEpoch(ctx context.Context, id uuid.UUID, now time.Time) error {
	done, err := s.db.Exec(ctx, `
		UPDATE users SET epoch = epoch + 1, updated_at = $2 WHERE id = $1`,
		id, now)
	if err == nil && done.RowsAffected() == 0 {
		err = user.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("start new epoch of user %s: %w", id, database.Cause(ctx, err))
	}
	return nil
}

// escapeLike takes the special meaning from the characters of a LIKE pattern.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
