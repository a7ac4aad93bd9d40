package httpapi

import (
	"time"

	"example.com/app/services/product/internal/catalog"
)

// What clients send. The field names are those of api/product.yaml.
type (
	productDetails struct {
		Name        string    `json:"name"`
		Description string    `json:"description,omitzero"`
		Price       moneyBody `json:"price"`
	}

	delivery struct {
		Quantity int `json:"quantity"`
	}
)

func (d productDetails) details() catalog.Details {
	return catalog.Details{
		Name: d.Name, Description: d.Description, Amount: d.Price.Amount, Currency: d.Price.Currency,
	}
}

// What clients get.
type (
	productBody struct {
		ID          string    `json:"id"`
		Name        string    `json:"name"`
		Description string    `json:"description"`
		Price       moneyBody `json:"price"`
		Stock       stockBody `json:"stock"`
		CreatedAt   string    `json:"created_at"`
		UpdatedAt   string    `json:"updated_at"`
	}

	moneyBody struct {
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	}

	stockBody struct {
		Available int `json:"available"`
		Reserved  int `json:"reserved"`
		Sold      int `json:"sold"`
	}
)

func newProductBody(p catalog.Product) productBody {
	return productBody{
		ID: p.ID.String(), Name: p.Name, Description: p.Description,
		Price:     moneyBody{Amount: p.Price.Amount(), Currency: p.Price.Currency()},
		Stock:     stockBody(p.Stock),
		CreatedAt: p.CreatedAt.Format(time.RFC3339Nano), UpdatedAt: p.UpdatedAt.Format(time.RFC3339Nano),
	}
}
