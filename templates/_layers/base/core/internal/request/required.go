package request

import (
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"example.com/app/internal/field"
)

// missing names the fields that a body must have and has not. Those of v that may
// be absent are pointers, to tell absent from zero, or say omitzero where zero is
// the default.
func missing(body []byte, v any) error {
	var given map[string]jsontext.Value
	if err := json.Unmarshal(body, &given); err != nil {
		return malformed(err)
	}
	var errs field.Errors
	for f := range reflect.TypeOf(v).Elem().Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if _, ok := given[name]; !ok && f.Type.Kind() != reflect.Pointer && options != "omitzero" {
			errs.Add(name, "is missing")
		}
	}
	if len(errs) > 0 {
		return &MalformedError{Detail: "the body is not complete", Fields: errs}
	}
	return nil
}
