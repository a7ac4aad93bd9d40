package request

import (
	"net/http"
	"strings"

	"example.com/app/internal/field"
)

const maxKeyBytes = 255

// IdempotencyKey returns the text by which a client marks a request that it may
// send again, and whether it gave one. It returns *MalformedError when the header
// does not hold one text of visible ASCII.
func IdempotencyKey(r *http.Request) (key string, given bool, err error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", false, nil
	}
	invisible := func(r rune) bool { return r < '!' || r > '~' }
	if key = values[0]; len(values) > 1 || key == "" || len(key) > maxKeyBytes || strings.ContainsFunc(key, invisible) {
		return "", false, &MalformedError{
			Detail: "a header cannot be read",
			Fields: field.Errors{{Name: "Idempotency-Key", Message: "must be one text of 1 to 255 visible ASCII characters"}},
		}
	}
	return key, true, nil
}
