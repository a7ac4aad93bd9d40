package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/money"
	"example.com/app/internal/page"
)

// What actors do with products.
const (
	ReadProducts   auth.Action = "product.read"
	ManageProducts auth.Action = "product.manage"
)

// NewPolicy returns who may do what.
func NewPolicy() auth.Policy {
	return auth.Policy{
		ReadProducts:   {Guest: auth.Any, User: auth.Any, Admin: auth.Any},
		ManageProducts: {Admin: auth.Any},
	}
}

// Source is the name by which other services know this one.
const Source = "product"

// Service does everything that is done with products. All fields are required.
type Service struct {
	Store  Store
	Policy auth.Policy
	Now    func() time.Time
}

// Details are what an admin says of a product.
type Details struct {
	Name        string
	Description string
	Amount      int64  // in the currency's minor unit
	Currency    string // ISO 4217
}

// Bounds of a product.
const (
	maxAmount = 1_000_000_000_000
	maxPieces = 1_000_000
)

func (d Details) price() (money.Money, error) {
	var errs field.Errors
	errs.Text("name", d.Name, 1, 100)
	errs.Text("description", d.Description, 0, 1000)
	if d.Amount < 1 || d.Amount > maxAmount {
		errs.Add("price/amount", "must be from 1 to %d", int64(maxAmount))
	}
	price, err := money.New(max(d.Amount, 0), d.Currency)
	if err != nil {
		errs.Add("price/currency", "must be a code of ISO 4217, such as IDR")
	}
	return price, errs.Err()
}

// Create makes a product of which there are no pieces yet. It returns field.Errors.
func (s *Service) Create(ctx context.Context, actor auth.Actor, d Details) (Product, error) {
	if _, err := s.Policy.Scope(actor, ManageProducts); err != nil {
		return Product{}, err
	}
	return s.Add(ctx, d)
}

// Add is Create for whoever operates the program, so that no policy is asked.
func (s *Service) Add(ctx context.Context, d Details) (Product, error) {
	price, err := d.price()
	if err != nil {
		return Product{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Product{}, fmt.Errorf("make product id: %w", err)
	}
	now := s.now()
	p := Product{
		ID: id, Name: d.Name, Description: d.Description, Price: price,
		Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	changed, err := s.changed(p)
	if err != nil {
		return Product{}, err
	}
	if err := s.Store.Create(ctx, p, changed); err != nil {
		return Product{}, err
	}
	return p, nil
}

// Get returns a product, or ErrNotFound.
func (s *Service) Get(ctx context.Context, actor auth.Actor, id uuid.UUID) (Product, error) {
	if _, err := s.Policy.Scope(actor, ReadProducts); err != nil {
		return Product{}, err
	}
	return s.Store.Get(ctx, id)
}

// List returns one page of products.
func (s *Service) List(ctx context.Context, actor auth.Actor, q Query) (page.List[Product], error) {
	if _, err := s.Policy.Scope(actor, ReadProducts); err != nil {
		return page.List[Product]{}, err
	}
	return s.Store.List(ctx, q)
}

// AnyVersion stands for whatever version there is.
const AnyVersion = 0

// Update replaces the details of the version of a product that the actor has seen. It
// returns field.Errors, ErrNotFound or ErrStale.
func (s *Service) Update(ctx context.Context, actor auth.Actor, id uuid.UUID, version int, d Details) (Product, error) {
	if _, err := s.Policy.Scope(actor, ManageProducts); err != nil {
		return Product{}, err
	}
	price, err := d.price()
	if err != nil {
		return Product{}, err
	}
	if version == AnyVersion {
		before, err := s.Store.Get(ctx, id)
		if err != nil {
			return Product{}, err
		}
		version = before.Version
	}
	p := Product{
		ID: id, Name: d.Name, Description: d.Description, Price: price, Version: version, UpdatedAt: s.now(),
	}
	next := p
	next.Version++
	changed, err := s.changed(next)
	if err != nil {
		return Product{}, err
	}
	return s.Store.Update(ctx, p, changed)
}

// Deliver adds pieces to the stock, once for each delivery. It returns field.Errors or
// ErrNotFound.
func (s *Service) Deliver(ctx context.Context, actor auth.Actor, productID, deliveryID uuid.UUID, pieces int) (Product, error) {
	if _, err := s.Policy.Scope(actor, ManageProducts); err != nil {
		return Product{}, err
	}
	return s.Receive(ctx, productID, deliveryID, pieces)
}

// Receive is Deliver for whoever operates the program, so that no policy is asked.
func (s *Service) Receive(ctx context.Context, productID, deliveryID uuid.UUID, pieces int) (Product, error) {
	if pieces < 1 || pieces > maxPieces {
		return Product{}, field.Errors{{Name: "quantity", Message: fmt.Sprintf("must be from 1 to %d", maxPieces)}}
	}
	return s.Store.Deliver(ctx, productID, deliveryID, pieces)
}

func (s *Service) changed(p Product) (events.Event, error) {
	return events.New(Source, events.ProductChangedV1, p.ID, s.now(), events.ProductChanged{
		ProductID: p.ID, Version: p.Version, Name: p.Name,
		Price: events.Money{Amount: p.Price.Amount(), Currency: p.Price.Currency()},
	})
}

// now is the present as a store keeps it.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
