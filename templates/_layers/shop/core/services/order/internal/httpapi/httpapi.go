// Package httpapi serves the API of the order service. It translates: requests into calls
// of the services, their results into JSON, their errors into problem documents. It
// decides nothing.
package httpapi

import (
	"net/http"

	"example.com/app/internal/problem"
	"example.com/app/platform/web"
	"example.com/app/services/order/internal/checkout"
	"example.com/app/services/order/internal/payment"
	"example.com/app/services/order/internal/view"
)

// Options is what New needs. All fields are required.
type Options struct {
	Checkouts     *checkout.Service
	View          *view.Service
	Notifications *payment.Notifications
	Web           web.Options // Outcomes and Spec are New's
}

// outcomes are the errors of this service that a client is told about.
func outcomes() []problem.Outcome {
	return []problem.Outcome{
		{Err: checkout.ErrNotFound, Status: http.StatusNotFound, Name: "not-found", Title: "There is no such order"},
		{Err: checkout.ErrKeyTaken, Status: http.StatusUnprocessableEntity, Name: "idempotency-key-reused", Title: "This Idempotency-Key was used for another order"},
		{Err: payment.ErrSignature, Status: http.StatusUnauthorized, Name: "invalid-signature", Title: "The notification is not signed by the payment provider"},
		{Err: payment.ErrMalformed, Status: http.StatusBadRequest, Name: "malformed-request", Title: "The request cannot be read"},
	}
}
