package request_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"example.com/app/internal/request"
)

func TestIdempotencyKey(t *testing.T) {
	longest := strings.Repeat("k", 255)
	tests := []struct {
		name   string
		values []string
		key    string
		given  bool
		wrong  bool
	}{
		{name: "none"},
		{name: "uuid", values: []string{"0197a3c5-7d5e-7b6c-9a34-5f0c1e2d3b4a"}, key: "0197a3c5-7d5e-7b6c-9a34-5f0c1e2d3b4a", given: true},
		{name: "quoted, and taken as it is", values: []string{`"a"`}, key: `"a"`, given: true},
		{name: "longest", values: []string{longest}, key: longest, given: true},
		{name: "too long", values: []string{longest + "k"}, wrong: true},
		{name: "empty", values: []string{""}, wrong: true},
		{name: "space", values: []string{"a b"}, wrong: true},
		{name: "control character", values: []string{"a\x00"}, wrong: true},
		{name: "beyond ASCII", values: []string{"ä"}, wrong: true},
		{name: "two", values: []string{"a", "a"}, wrong: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &http.Request{Header: http.Header{"Idempotency-Key": test.values}}
			key, given, err := request.IdempotencyKey(r)
			_, wrong := errors.AsType[*request.MalformedError](err)
			if key != test.key || given != test.given || wrong != test.wrong {
				t.Errorf("IdempotencyKey(%q) = %q, %t, %v, want %q, %t, malformed %t",
					test.values, key, given, err, test.key, test.given, test.wrong)
			}
		})
	}
}
