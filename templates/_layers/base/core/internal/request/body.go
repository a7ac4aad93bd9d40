// Package request reads what a client sent, strictly: what is unknown, repeated,
// malformed or too long is refused by name, and never guessed.
package request

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"example.com/app/internal/field"
)

// MaxBodyBytes is the longest body that is read.
const MaxBodyBytes = 1 << 20

// Ways in which a request cannot be read at all.
var (
	ErrMediaType = errors.New("the body must be application/json")
	ErrTooLarge  = fmt.Errorf("the body must have at most %d bytes", MaxBodyBytes)
)

// MalformedError is a request that is not written as the API demands. Fields names
// the parts at fault, where it is not the whole.
type MalformedError struct {
	Detail string
	Fields field.Errors
}

func (m *MalformedError) Error() string {
	if len(m.Fields) > 0 {
		return m.Detail + ": " + m.Fields.Error()
	}
	return m.Detail
}

// Body decodes the one JSON object that the body must hold into the struct that v
// points to. It returns ErrMediaType, ErrTooLarge or *MalformedError, the latter for
// broken JSON, unknown, repeated or missing names, values of a wrong type, null, and
// data behind the object.
func Body(r *http.Request, v any) error {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return ErrMediaType
	}
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxBodyBytes))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return ErrTooLarge
	}
	if err != nil {
		return &MalformedError{Detail: "the body broke off"}
	}
	strict := json.JoinUnmarshalers(json.UnmarshalFromFunc(refuseNull), json.UnmarshalFunc(decodeID))
	if err := json.Unmarshal(data, v, json.RejectUnknownMembers(true), json.WithUnmarshalers(strict)); err != nil {
		return malformed(err)
	}
	return missing(data, v)
}

var errNull = errors.New("must not be null")

// refuseNull keeps null out: no field of this API has a use for it, and to read
// it as absent or as zero would be a guess.
func refuseNull(dec *jsontext.Decoder, _ any) error {
	if dec.PeekKind() == 'n' {
		return errNull
	}
	return errors.ErrUnsupported // decoded as usual
}

// decodeID accepts what the path of a request accepts.
func decodeID(data []byte, id *uuid.UUID) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	parsed, err := parseID(s)
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// malformed says in the client's words what the decoder found.
func malformed(err error) error {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return badField(syntax.JSONPointer, "is given twice")
		}
		return &MalformedError{Detail: fmt.Sprintf("the body is not valid JSON at byte %d", syntax.ByteOffset)}
	}
	semantic, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case !ok:
		return &MalformedError{Detail: "the body is not valid JSON"}
	case semantic.JSONPointer == "":
		return &MalformedError{Detail: "the body must be a JSON object"}
	case errors.Is(err, json.ErrUnknownName):
		return badField(semantic.JSONPointer, "is unknown")
	case errors.Is(err, errNull):
		return badField(semantic.JSONPointer, "must not be null")
	default:
		return badField(semantic.JSONPointer, "must be "+expected(semantic))
	}
}

func badField(at jsontext.Pointer, message string) error {
	name := strings.Join(slices.Collect(at.Tokens()), "/")
	return &MalformedError{
		Detail: "a field of the body cannot be read",
		Fields: field.Errors{{Name: name, Message: message}},
	}
}

// expected describes the type that a value should have had.
func expected(err *json.SemanticError) string {
	switch err.GoType {
	case reflect.TypeFor[time.Time]():
		return timeFormat
	case reflect.TypeFor[*uuid.UUID](): // as decodeID gets it
		return "a UUID"
	}
	switch err.GoType.Kind() {
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	default:
		return "a string"
	}
}
