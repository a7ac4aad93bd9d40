package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/app/events"
	"example.com/app/platform/inbox"
	"example.com/app/services/product/internal/catalog"
)

// Deal implements catalog.Store.
func (s *Products) Deal(ctx context.Context, orderID uuid.UUID, message string, lines []catalog.Line,
	deal func(r *catalog.Reservation, shelf catalog.Shelf) ([]events.Event, error),
) error {
	err := s.outbox.Within(ctx, func(tx pgx.Tx) ([]events.Event, error) {
		isNew, err := inbox.Take(ctx, tx, "stock", message)
		if err != nil || !isNew {
			return nil, err
		}
		r, err := lockReservation(ctx, tx, orderID)
		if err != nil {
			return nil, err
		}
		shelf, err := lockStock(ctx, tx, append(r.Lines, lines...))
		if err != nil {
			return nil, err
		}
		say, err := deal(&r, shelf)
		if err != nil {
			return nil, err
		}
		if err := putReservation(ctx, tx, r); err != nil {
			return nil, err
		}
		return say, putStock(ctx, tx, shelf)
	})
	if err != nil {
		return fmt.Errorf("deal with order %s: %w", orderID, err)
	}
	return nil
}

// lockReservation returns the reservation of an order, a new one if there is none. Nobody
// else can change it until tx ends.
func lockReservation(ctx context.Context, tx pgx.Tx, orderID uuid.UUID) (catalog.Reservation, error) {
	_, err := tx.Exec(ctx, `
		INSERT INTO reservations (order_id, status, lines) VALUES ($1, '', '[]')
		ON CONFLICT (order_id) DO NOTHING`, orderID)
	if err != nil {
		return catalog.Reservation{}, err
	}
	r := catalog.Reservation{OrderID: orderID}
	var lines []lineRow
	err = tx.QueryRow(ctx, `SELECT status, lines FROM reservations WHERE order_id = $1 FOR UPDATE`, orderID).Scan(&r.Status, &lines)
	for _, l := range lines {
		r.Lines = append(r.Lines, catalog.Line(l))
	}
	return r, err
}

// lockStock returns the stock of the products in lines. Rows are locked in the order of
// their ids, so that two transactions never wait for each other.
func lockStock(ctx context.Context, tx pgx.Tx, lines []catalog.Line) (catalog.Shelf, error) {
	ids := make([]uuid.UUID, len(lines))
	for i, l := range lines {
		ids[i] = l.ProductID
	}
	rows, err := tx.Query(ctx, `
		SELECT id, available, reserved, sold FROM products WHERE id = ANY($1) ORDER BY id FOR UPDATE`, ids)
	if err != nil {
		return nil, err
	}
	shelf := make(catalog.Shelf)
	var (
		id    uuid.UUID
		stock catalog.Stock
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &stock.Available, &stock.Reserved, &stock.Sold}, func() error {
		shelf[id] = new(stock)
		return nil
	})
	return shelf, err
}

// lineRow is how a line is stored.
type lineRow struct {
	ProductID uuid.UUID `json:"product_id"`
	Quantity  int       `json:"quantity"`
}

func putReservation(ctx context.Context, tx pgx.Tx, r catalog.Reservation) error {
	rows := make([]lineRow, len(r.Lines))
	for i, l := range r.Lines {
		rows[i] = lineRow(l)
	}
	lines, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode lines: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE reservations SET status = $2, lines = $3 WHERE order_id = $1`, r.OrderID, r.Status, lines)
	return err
}

func putStock(ctx context.Context, tx pgx.Tx, shelf catalog.Shelf) error {
	var updates pgx.Batch
	for id, stock := range shelf {
		updates.Queue(`UPDATE products SET available = $2, reserved = $3, sold = $4 WHERE id = $1`,
			id, stock.Available, stock.Reserved, stock.Sold)
	}
	return tx.SendBatch(ctx, &updates).Close()
}
