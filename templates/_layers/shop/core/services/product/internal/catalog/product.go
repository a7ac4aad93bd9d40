// Package catalog is what the shop sells, and how many pieces of it there are.
package catalog

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/money"
	"example.com/app/internal/page"
)

// Product is something that the shop sells.
type Product struct {
	ID          uuid.UUID
	Name        string
	Description string
	Price       money.Money
	Version     int // counts from 1, and up with each change of what is above
	Stock       Stock
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Stock is where the pieces of a product are. Together they are all that were ever
// delivered.
type Stock struct {
	Available int // can be bought
	Reserved  int // put aside for orders
	Sold      int
}

// Query selects products; empty selects all.
type Query struct {
	Text      string // part of the name or the description
	Available bool   // only those that can be bought
	Page      page.Request
}

// SortKeys are what products can be sorted by.
func SortKeys() []string { return []string{"name", "price", "created_at"} }

// Outcomes of what is done with products.
var (
	ErrNotFound = errors.New("catalog: not found")
	ErrStale    = errors.New("catalog: changed since it was read")
)

// Store keeps products, and the events that tell of them until they are published. Its
// methods return outage.ErrUnavailable when it cannot be reached.
type Store interface {
	// Create keeps a new product together with the events: both or none.
	Create(ctx context.Context, p Product, say ...events.Event) error

	// Get returns a product, or ErrNotFound.
	Get(ctx context.Context, id uuid.UUID) (Product, error)

	// List returns one page of the products that q selects.
	List(ctx context.Context, q Query) (page.List[Product], error)

	// Update replaces name, description, price and time of the product that has p's ID and
	// Version, together with the events: both or none. The version of what it keeps and
	// returns is one higher. It returns ErrNotFound, or ErrStale for another version.
	Update(ctx context.Context, p Product, say ...events.Event) (Product, error)

	// Deliver adds pieces to those that are available. A delivery that was there before
	// adds nothing. It returns the product, or ErrNotFound.
	Deliver(ctx context.Context, productID, deliveryID uuid.UUID, pieces int) (Product, error)

	// Deal calls deal with the reservation of an order, which is blank if there is none
	// yet, and the stock of the products in lines and in the reservation, as far as they
	// exist. Nobody else changes any of them meanwhile. It keeps what deal made of them
	// together with the events that deal returns: all, or nothing when it returns an
	// error. For a message that was dealt with before, deal is not called.
	Deal(ctx context.Context, orderID uuid.UUID, message string, lines []Line,
		deal func(r *Reservation, shelf Shelf) ([]events.Event, error)) error
}
