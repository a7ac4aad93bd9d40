package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/events"
	"example.com/app/internal/database"
	"example.com/app/internal/money"
	"example.com/app/platform/inbox"
	"example.com/app/platform/outbox"
	"example.com/app/services/order/internal/checkout"
)

// Orders keeps orders.
type Orders struct {
	pool   *pgxpool.Pool
	outbox *outbox.Postgres
}

var _ checkout.Store = (*Orders)(nil)

// NewOrders keeps orders in the database of pool, and tells of them by way of the outbox
// in the same database.
func NewOrders(pool *pgxpool.Pool, o *outbox.Postgres) *Orders {
	return &Orders{pool: pool, outbox: o}
}

// Create implements checkout.Store.
func (s *Orders) Create(ctx context.Context, o checkout.Order, say ...events.Event) error {
	lines, history, err := encode(o)
	if err != nil {
		return err
	}
	err = s.outbox.Within(ctx, func(tx pgx.Tx) ([]events.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO orders (
				id, customer_id, idempotency_key, lines, total_amount, total_currency, payment_method,
				traceparent, placed_at, step, reason, tries, deadline, history)
			VALUES ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
			o.ID, o.CustomerID, o.Key, lines, o.Total.Amount(), o.Total.Currency(), o.PaymentMethod,
			o.TraceParent, o.PlacedAt, o.Step, o.Reason, o.Tries, orNull(o.Deadline), history)
		if database.Violates(err, "orders_key_key") {
			err = checkout.ErrKeyTaken
		}
		return say, err
	})
	if err != nil {
		return fmt.Errorf("create order: %w", err)
	}
	return nil
}

const orderColumns = `id, customer_id, coalesce(idempotency_key, ''), lines, total_amount, total_currency, payment_method,
	traceparent, placed_at, step, reason, tries, deadline, history`

// Get implements checkout.Store.
func (s *Orders) Get(ctx context.Context, id uuid.UUID) (checkout.Order, error) {
	o, err := scanOrder(s.pool.QueryRow(ctx, `SELECT `+orderColumns+` FROM orders WHERE id = $1`, id))
	if err != nil {
		return checkout.Order{}, fmt.Errorf("get order %s: %w", id, database.Cause(ctx, err))
	}
	return o, nil
}

// ByKey implements checkout.Store.
func (s *Orders) ByKey(ctx context.Context, customerID uuid.UUID, key string) (checkout.Order, error) {
	o, err := scanOrder(s.pool.QueryRow(ctx, `
		SELECT `+orderColumns+` FROM orders WHERE customer_id = $1 AND idempotency_key = $2`, customerID, key))
	if err != nil {
		return checkout.Order{}, fmt.Errorf("get order by key: %w", database.Cause(ctx, err))
	}
	return o, nil
}

// Change implements checkout.Store.
func (s *Orders) Change(ctx context.Context, id uuid.UUID, message string, change func(*checkout.Order) ([]events.Event, error)) error {
	err := s.outbox.Within(ctx, func(tx pgx.Tx) ([]events.Event, error) {
		if message != "" {
			isNew, err := inbox.Take(ctx, tx, "checkout", message)
			if err != nil || !isNew {
				return nil, err
			}
		}
		o, err := scanOrder(tx.QueryRow(ctx, `SELECT `+orderColumns+` FROM orders WHERE id = $1 FOR UPDATE`, id))
		if err != nil {
			return nil, err
		}
		say, err := change(&o)
		if err != nil {
			return nil, err
		}
		_, history, err := encode(o)
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `
			UPDATE orders SET step = $2, reason = $3, tries = $4, deadline = $5, history = $6 WHERE id = $1`,
			id, o.Step, o.Reason, o.Tries, orNull(o.Deadline), history)
		return say, err
	})
	if err != nil {
		return fmt.Errorf("change order %s: %w", id, err)
	}
	return nil
}

// Overdue implements checkout.Store.
func (s *Orders) Overdue(ctx context.Context, now time.Time, limit int) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `SELECT id FROM orders WHERE deadline < $1 ORDER BY deadline LIMIT $2`, now, limit)
	if err != nil {
		return nil, fmt.Errorf("list overdue orders: %w", database.Cause(ctx, err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("list overdue orders: %w", database.Cause(ctx, err))
	}
	return ids, nil
}

// lineRow and entryRow are how lines and history are stored.
type (
	lineRow struct {
		ProductID uuid.UUID `json:"product_id"`
		Name      string    `json:"name"`
		Quantity  int       `json:"quantity"`
		Amount    int64     `json:"amount"`
		Currency  string    `json:"currency"`
	}

	entryRow struct {
		At    time.Time     `json:"at"`
		Event string        `json:"event"`
		Step  checkout.Step `json:"step"`
	}
)

func encode(o checkout.Order) (lines, history []byte, err error) {
	lineRows := make([]lineRow, len(o.Lines))
	for i, l := range o.Lines {
		lineRows[i] = lineRow{l.ProductID, l.Name, l.Quantity, l.UnitPrice.Amount(), l.UnitPrice.Currency()}
	}
	if lines, err = json.Marshal(lineRows); err != nil {
		return nil, nil, fmt.Errorf("encode lines: %w", err)
	}
	entryRows := make([]entryRow, len(o.History))
	for i, e := range o.History {
		entryRows[i] = entryRow(e)
	}
	if history, err = json.Marshal(entryRows); err != nil {
		return nil, nil, fmt.Errorf("encode history: %w", err)
	}
	return lines, history, nil
}

func scanOrder(row pgx.Row) (checkout.Order, error) {
	var (
		o        checkout.Order
		lines    []lineRow
		history  []entryRow
		amount   int64
		currency string
		deadline *time.Time
	)
	err := row.Scan(&o.ID, &o.CustomerID, &o.Key, &lines, &amount, &currency, &o.PaymentMethod,
		&o.TraceParent, &o.PlacedAt, &o.Step, &o.Reason, &o.Tries, &deadline, &history)
	if err != nil {
		return checkout.Order{}, database.OrNotFound(err, checkout.ErrNotFound)
	}
	if o.Total, err = money.New(amount, currency); err != nil {
		return checkout.Order{}, fmt.Errorf("read total: %w", err)
	}
	if deadline != nil {
		o.Deadline = *deadline
	}
	o.Lines = make([]checkout.Line, len(lines))
	for i, l := range lines {
		price, err := money.New(l.Amount, l.Currency)
		if err != nil {
			return checkout.Order{}, fmt.Errorf("read price: %w", err)
		}
		o.Lines[i] = checkout.Line{ProductID: l.ProductID, Name: l.Name, Quantity: l.Quantity, UnitPrice: price}
	}
	o.History = make([]checkout.Entry, len(history))
	for i, e := range history {
		o.History[i] = checkout.Entry(e)
	}
	return o, nil
}

// orNull stores no deadline as NULL.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
