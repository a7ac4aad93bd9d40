package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/app/events"
	"example.com/app/internal/database"
	"example.com/app/internal/money"
	"example.com/app/internal/page"
	"example.com/app/platform/outbox"
	"example.com/app/services/product/internal/catalog"
)

// Products keeps products and reservations.
type Products struct {
	pool   *pgxpool.Pool
	outbox *outbox.Postgres
}

var _ catalog.Store = (*Products)(nil)

// NewProducts keeps products in the database of pool, and tells of them by way of the
// outbox in the same database.
func NewProducts(pool *pgxpool.Pool, o *outbox.Postgres) *Products {
	return &Products{pool: pool, outbox: o}
}

const productColumns = `id, name, description, price_amount, price_currency, version, available, reserved, sold, created_at, updated_at`

func scanProduct(row pgx.Row, more ...any) (catalog.Product, error) {
	var (
		p        catalog.Product
		amount   int64
		currency string
	)
	err := row.Scan(append([]any{
		&p.ID, &p.Name, &p.Description, &amount, &currency, &p.Version,
		&p.Stock.Available, &p.Stock.Reserved, &p.Stock.Sold, &p.CreatedAt, &p.UpdatedAt,
	}, more...)...)
	if err != nil {
		return p, err
	}
	p.Price, err = money.New(amount, currency)
	return p, err
}

// Create implements catalog.Store.
func (s *Products) Create(ctx context.Context, p catalog.Product, say ...events.Event) error {
	err := s.outbox.Within(ctx, func(tx pgx.Tx) ([]events.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO products (`+productColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			p.ID, p.Name, p.Description, p.Price.Amount(), p.Price.Currency(), p.Version,
			p.Stock.Available, p.Stock.Reserved, p.Stock.Sold, p.CreatedAt, p.UpdatedAt)
		return say, err
	})
	if err != nil {
		return fmt.Errorf("create product: %w", err)
	}
	return nil
}

// Get implements catalog.Store.
func (s *Products) Get(ctx context.Context, id uuid.UUID) (catalog.Product, error) {
	p, err := scanProduct(s.pool.QueryRow(ctx, `SELECT `+productColumns+` FROM products WHERE id = $1`, id))
	if err != nil {
		err = database.OrNotFound(err, catalog.ErrNotFound)
		return catalog.Product{}, fmt.Errorf("get product %s: %w", id, database.Cause(ctx, err))
	}
	return p, nil
}

// List implements catalog.Store.
func (s *Products) List(ctx context.Context, q catalog.Query) (page.List[catalog.Product], error) {
	selected := database.Selection{
		Columns: productColumns,
		Table:   "products",
		Orders:  map[string]string{"name": `lower(name) COLLATE "C"`, "price": "price_amount", "created_at": "created_at"},
	}
	if q.Text != "" {
		selected.Where(`strpos(lower(name || E'\n' || description), @text) > 0`, pgx.NamedArgs{"text": strings.ToLower(q.Text)})
	}
	if q.Available {
		selected.Where(`available > 0`, nil)
	}
	products, err := database.List(ctx, s.pool, selected, q.Page, scanProduct)
	if err != nil {
		return products, fmt.Errorf("list products: %w", database.Cause(ctx, err))
	}
	return products, nil
}

// Update implements catalog.Store.
func (s *Products) Update(ctx context.Context, p catalog.Product, say ...events.Event) (catalog.Product, error) {
	var updated catalog.Product
	err := s.outbox.Within(ctx, func(tx pgx.Tx) ([]events.Event, error) {
		var err error
		updated, err = scanProduct(tx.QueryRow(ctx, `
			UPDATE products
			SET name = $3, description = $4, price_amount = $5, price_currency = $6, updated_at = $7, version = version + 1
			WHERE id = $1 AND version = $2
			RETURNING `+productColumns,
			p.ID, p.Version, p.Name, p.Description, p.Price.Amount(), p.Price.Currency(), p.UpdatedAt))
		if errors.Is(err, pgx.ErrNoRows) {
			err = whyNot(ctx, tx, p.ID)
		}
		return say, err
	})
	if err != nil {
		return catalog.Product{}, fmt.Errorf("update product %s: %w", p.ID, err)
	}
	return updated, nil
}

// whyNot tells a product of another version from one that does not exist.
func whyNot(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	var exists bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM products WHERE id = $1)`, id).Scan(&exists)
	switch {
	case err != nil:
		return err
	case exists:
		return catalog.ErrStale
	default:
		return catalog.ErrNotFound
	}
}

// Deliver implements catalog.Store.
func (s *Products) Deliver(ctx context.Context, productID, deliveryID uuid.UUID, pieces int) (catalog.Product, error) {
	var delivered catalog.Product
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			INSERT INTO deliveries (product_id, id, pieces) VALUES ($1, $2, $3)
			ON CONFLICT (product_id, id) DO NOTHING`, productID, deliveryID, pieces)
		if database.Violates(err, "deliveries_product_id_fkey") {
			return catalog.ErrNotFound
		}
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			pieces = 0
		}
		delivered, err = scanProduct(tx.QueryRow(ctx, `
			UPDATE products SET available = available + $2 WHERE id = $1
			RETURNING `+productColumns, productID, pieces))
		return database.OrNotFound(err, catalog.ErrNotFound)
	})
	if err != nil {
		return catalog.Product{}, fmt.Errorf("deliver product %s: %w", productID, database.Cause(ctx, err))
	}
	return delivered, nil
}
