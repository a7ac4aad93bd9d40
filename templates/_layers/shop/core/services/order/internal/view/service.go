package view

import (
	"context"

	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/services/order/internal/checkout"
)

// Service answers questions to the view. All fields are required.
type Service struct {
	Store  Store
	Policy auth.Policy
}

// Orders returns one page of the actor's own orders, or of everybody's to an admin.
func (s *Service) Orders(ctx context.Context, actor auth.Actor, q Query) (page.List[Order], error) {
	scope, err := s.Policy.Scope(actor, checkout.ReadOrder)
	if err != nil {
		return page.List[Order]{}, err
	}
	if scope == auth.Own {
		q.CustomerID = &actor.ID
	}
	return s.Store.Orders(ctx, q)
}
