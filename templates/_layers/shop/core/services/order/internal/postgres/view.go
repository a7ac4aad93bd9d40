package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/internal/database"
	"example.com/app/internal/money"
	"example.com/app/internal/page"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/view"
)

// View keeps the read side.
type View struct {
	pool *pgxpool.Pool
}

var _ view.Store = (*View)(nil)

// NewView keeps the read side in the database of pool.
func NewView(pool *pgxpool.Pool) *View { return &View{pool: pool} }

// Position implements view.Store.
func (v *View) Position(ctx context.Context) (at bus.Position, err error) {
	err = v.pool.QueryRow(ctx, `SELECT sequence, event_id FROM view_position`).Scan(&at.Sequence, &at.EventID)
	if err != nil {
		return at, fmt.Errorf("read position: %w", database.Cause(ctx, err))
	}
	return at, nil
}

// Write implements view.Store.
func (v *View) Write(ctx context.Context, at bus.Position, write func(view.Writer) error) error {
	err := pgx.BeginFunc(ctx, v.pool, func(tx pgx.Tx) error {
		// Whoever writes the same event at the same time waits here, and finds it written.
		moved, err := tx.Exec(ctx, `UPDATE view_position SET sequence = $1, event_id = $2 WHERE sequence < $1`, at.Sequence, at.EventID)
		if err != nil || moved.RowsAffected() == 0 {
			return err
		}
		return write(writer{tx})
	})
	if err != nil {
		return fmt.Errorf("write event %d: %w", at.Sequence, database.Cause(ctx, err))
	}
	return nil
}

// Rebuild implements view.Store. Readers see the old rows until the transaction ends.
func (v *View) Rebuild(ctx context.Context, fill func(view.Writer) (bus.Position, error)) error {
	err := pgx.BeginFunc(ctx, v.pool, func(tx pgx.Tx) error {
		// The log may be long, and is read while this transaction is open.
		_, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SELECT FROM view_position FOR UPDATE`); err != nil {
			return err
		}
		for _, table := range []string{"view_customers", "view_products", "view_orders"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		end, err := fill(writer{tx})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE view_position SET sequence = $1, event_id = $2`, end.Sequence, end.EventID)
		return err
	})
	return database.Cause(ctx, err)
}

// Products implements checkout.Catalogue.
func (v *View) Products(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]checkout.Product, error) {
	rows, err := v.pool.Query(ctx, `SELECT id, name, amount, currency FROM view_products WHERE id = ANY($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("get products: %w", database.Cause(ctx, err))
	}
	var (
		found    = make(map[uuid.UUID]checkout.Product)
		product  checkout.Product
		amount   int64
		currency string
	)
	_, err = pgx.ForEachRow(rows, []any{&product.ID, &product.Name, &amount, &currency}, func() error {
		var err error
		product.Price, err = money.New(amount, currency)
		found[product.ID] = product
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("get products: %w", database.Cause(ctx, err))
	}
	return found, nil
}

// Orders implements view.Store.
func (v *View) Orders(ctx context.Context, q view.Query) (page.List[view.Order], error) {
	selected := database.Selection{
		Columns: `id, customer_id, coalesce((SELECT name FROM view_customers WHERE id = customer_id), ''),
			lines, total_amount, total_currency, status, reason, placed_at, updated_at`,
		Table:  "view_orders",
		Orders: map[string]string{"placed_at": "placed_at", "total": "total_amount"},
	}
	if q.CustomerID != nil {
		selected.Where(`customer_id = @customer`, pgx.NamedArgs{"customer": *q.CustomerID})
	}
	if q.Status != nil {
		selected.Where(`status = @status`, pgx.NamedArgs{"status": *q.Status})
	}
	if q.Text != "" {
		selected.Where(`(strpos(lower(products), @text) > 0 OR EXISTS (
				SELECT FROM view_customers WHERE id = customer_id AND strpos(lower(name), @text) > 0))`,
			pgx.NamedArgs{"text": strings.ToLower(q.Text)})
	}
	orders, err := database.List(ctx, v.pool, selected, q.Page, scanViewOrder)
	if err != nil {
		return orders, fmt.Errorf("list orders: %w", database.Cause(ctx, err))
	}
	return orders, nil
}

func scanViewOrder(row pgx.Row, more ...any) (view.Order, error) {
	var (
		o        view.Order
		amount   int64
		currency string
	)
	err := row.Scan(append([]any{
		&o.ID, &o.CustomerID, &o.CustomerName, &o.Lines, &amount, &currency, &o.Status, &o.Reason, &o.PlacedAt, &o.UpdatedAt,
	}, more...)...)
	if err != nil {
		return o, err
	}
	o.Total, err = money.New(amount, currency)
	return o, err
}

// writer writes the view in a transaction.
type writer struct{ tx pgx.Tx }

var _ view.Writer = writer{}

// PutCustomer implements view.Writer.
func (w writer) PutCustomer(ctx context.Context, c view.Customer) error {
	_, err := w.tx.Exec(ctx, `
		INSERT INTO view_customers (id, name) VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name`, c.ID, c.Name)
	return err
}

// PutProduct implements view.Writer.
func (w writer) PutProduct(ctx context.Context, p view.Product) error {
	_, err := w.tx.Exec(ctx, `
		INSERT INTO view_products (id, version, name, amount, currency) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE
		SET version = excluded.version, name = excluded.name, amount = excluded.amount, currency = excluded.currency
		WHERE view_products.version < excluded.version`,
		p.ID, p.Version, p.Name, p.Price.Amount(), p.Price.Currency())
	return err
}

// ProductNames implements view.Writer.
func (w writer) ProductNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	rows, err := w.tx.Query(ctx, `SELECT id, name FROM view_products WHERE id = ANY($1)`, ids)
	if err != nil {
		return nil, err
	}
	var (
		names = make(map[uuid.UUID]string)
		id    uuid.UUID
		name  string
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		names[id] = name
		return nil
	})
	return names, err
}

// PutOrder implements view.Writer.
func (w writer) PutOrder(ctx context.Context, o view.Order) error {
	lines, err := json.Marshal(o.Lines)
	if err != nil {
		return fmt.Errorf("encode lines: %w", err)
	}
	names := make([]string, len(o.Lines))
	for i, l := range o.Lines {
		names[i] = l.Product
	}
	_, err = w.tx.Exec(ctx, `
		INSERT INTO view_orders (
			id, customer_id, lines, products, total_amount, total_currency, status, reason, placed_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO NOTHING`,
		o.ID, o.CustomerID, lines, strings.Join(names, "\n"), o.Total.Amount(), o.Total.Currency(),
		o.Status, o.Reason, o.PlacedAt, o.UpdatedAt)
	return err
}

// SetStatus implements view.Writer.
func (w writer) SetStatus(ctx context.Context, id uuid.UUID, status view.Status, reason string, at time.Time) error {
	_, err := w.tx.Exec(ctx, `
		UPDATE view_orders SET status = $2, reason = $3, updated_at = $4 WHERE id = $1`, id, status, reason, at)
	return err
}
