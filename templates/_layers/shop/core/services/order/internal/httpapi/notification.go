package httpapi

import (
	"errors"
	"io"
	"net/http"

	"example.com/app/internal/request"
	"example.com/app/services/order/internal/payment"
)

// readNotification returns the body as it came: the signature is over its bytes.
func readNotification(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, request.MaxBodyBytes))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, request.ErrTooLarge
	}
	if err != nil {
		return nil, payment.ErrMalformed
	}
	return body, nil
}
