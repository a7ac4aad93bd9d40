package httpapi

import (
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/money"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/view"
)

// What clients send. The field names are those of api/order.yaml.
type (
	orderRequest struct {
		Lines         []lineRequest `json:"lines"`
		PaymentMethod string        `json:"payment_method"`
	}

	lineRequest struct {
		ProductID uuid.UUID `json:"product_id"`
		Quantity  int       `json:"quantity"`
	}
)

func (r orderRequest) request(key string) checkout.Request {
	lines := make([]checkout.RequestLine, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = checkout.RequestLine(l)
	}
	return checkout.Request{Lines: lines, PaymentMethod: r.PaymentMethod, Key: key}
}

// What clients get.
type (
	orderBody struct {
		ID            string      `json:"id"`
		CustomerID    string      `json:"customer_id"`
		Status        string      `json:"status"` // what has become of it: as in the list
		Step          string      `json:"step"`   // how far the checkout has come
		Reason        string      `json:"reason,omitempty"`
		Lines         []lineBody  `json:"lines"`
		Total         moneyBody   `json:"total"`
		PaymentMethod string      `json:"payment_method"`
		PlacedAt      string      `json:"placed_at"`
		History       []entryBody `json:"history"`
	}

	lineBody struct {
		ProductID string    `json:"product_id"`
		Product   string    `json:"product"`
		Quantity  int       `json:"quantity"`
		UnitPrice moneyBody `json:"unit_price"`
	}

	moneyBody struct {
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	}

	entryBody struct {
		At    string `json:"at"`
		Event string `json:"event"`
		Step  string `json:"step"`
	}

	summaryBody struct {
		ID           string            `json:"id"`
		CustomerID   string            `json:"customer_id"`
		CustomerName string            `json:"customer_name"`
		Status       string            `json:"status"`
		Reason       string            `json:"reason,omitempty"`
		Lines        []summaryLineBody `json:"lines"`
		Total        moneyBody         `json:"total"`
		PlacedAt     string            `json:"placed_at"`
		UpdatedAt    string            `json:"updated_at"`
	}

	summaryLineBody struct {
		ProductID string `json:"product_id"`
		Product   string `json:"product"`
		Quantity  int    `json:"quantity"`
	}
)

func newOrderBody(o checkout.Order) orderBody {
	body := orderBody{
		ID: o.ID.String(), CustomerID: o.CustomerID.String(),
		Status: string(status(o.Step)), Step: string(o.Step), Reason: string(o.Reason),
		Lines: make([]lineBody, len(o.Lines)), Total: newMoneyBody(o.Total), PaymentMethod: o.PaymentMethod,
		PlacedAt: moment(o.PlacedAt), History: make([]entryBody, len(o.History)),
	}
	for i, l := range o.Lines {
		body.Lines[i] = lineBody{
			ProductID: l.ProductID.String(), Product: l.Name, Quantity: l.Quantity, UnitPrice: newMoneyBody(l.UnitPrice),
		}
	}
	for i, e := range o.History {
		body.History[i] = entryBody{At: moment(e.At), Event: e.Event, Step: string(e.Step)}
	}
	return body
}

func status(s checkout.Step) view.Status {
	switch s {
	case checkout.Completed:
		return view.Completed
	case checkout.Cancelled:
		return view.Cancelled
	default:
		return view.Pending
	}
}

func newSummaryBody(o view.Order) summaryBody {
	body := summaryBody{
		ID: o.ID.String(), CustomerID: o.CustomerID.String(), CustomerName: o.CustomerName,
		Status: string(o.Status), Reason: o.Reason, Lines: make([]summaryLineBody, len(o.Lines)),
		Total: newMoneyBody(o.Total), PlacedAt: moment(o.PlacedAt), UpdatedAt: moment(o.UpdatedAt),
	}
	for i, l := range o.Lines {
		body.Lines[i] = summaryLineBody{ProductID: l.ProductID.String(), Product: l.Product, Quantity: l.Quantity}
	}
	return body
}

func newMoneyBody(m money.Money) moneyBody {
	return moneyBody{Amount: m.Amount(), Currency: m.Currency()}
}

func moment(t time.Time) string { return t.Format(time.RFC3339Nano) }
