package events

import "github.com/google/uuid"

// ProductChangedV1 is the type of ProductChanged.
const ProductChangedV1 = "product.changed.v1"

// ProductChanged says what a product is now: it was created or changed. Of two, the one
// with the higher version is newer, in whatever order they come.
type ProductChanged struct {
	ProductID uuid.UUID `json:"product_id"`
	Version   int       `json:"version"`
	Name      string    `json:"name"`
	Price     Money     `json:"price"`
}

// Money is an amount in the currency's minor unit (ISO 4217), such as cents.
type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}
