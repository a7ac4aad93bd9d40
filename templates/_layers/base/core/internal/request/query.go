package request

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"example.com/app/internal/field"
	"example.com/app/internal/page"
)

const timeFormat = "a time such as 2030-01-31T09:00:00Z"

// Query reads the parameters of a query string. Each method reads one parameter,
// returns nil or the zero value where it is absent, and notes what is wrong with
// it; Err tells all that is wrong at the end.
type Query struct {
	values url.Values
	read   []string
	errs   field.Errors
	broken bool
}

// NewQuery starts to read the query string of r.
func NewQuery(r *http.Request) *Query {
	values, err := url.ParseQuery(r.URL.RawQuery)
	return &Query{values: values, broken: err != nil}
}

// get returns the value of a parameter that is given once, with something in it.
func (q *Query) get(name string) (value string, ok bool) {
	q.read = append(q.read, name)
	values := q.values[name]
	switch {
	case len(values) == 0:
		return "", false
	case len(values) > 1:
		q.errs.Add(name, "is given %d times", len(values))
		return "", false
	case values[0] == "":
		q.errs.Add(name, "must not be empty")
		return "", false
	}
	return values[0], true
}

// Text returns up to most characters, at least one of them a letter or digit.
func (q *Query) Text(name string, most int) string {
	value, ok := q.get(name)
	if !ok {
		return ""
	}
	q.errs.Text(name, value, 1, most)
	if !strings.ContainsFunc(value, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		q.errs.Add(name, "must contain a letter or a digit")
	}
	return value
}

// Int returns a whole number from least to most.
func (q *Query) Int(name string, least, most int) (int, bool) {
	value, ok := q.get(name)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		q.errs.Add(name, "must be a whole number from %d to %d", least, most)
	}
	return n, true
}

// Bool returns true or false, or nil.
func (q *Query) Bool(name string) *bool {
	value, ok := q.get(name)
	if !ok {
		return nil
	}
	if value != "true" && value != "false" {
		q.errs.Add(name, "must be true or false")
	}
	return new(value == "true")
}

// Time returns a time as in RFC 3339, or nil.
func (q *Query) Time(name string) *time.Time {
	value, ok := q.get(name)
	if !ok {
		return nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		q.errs.Add(name, "must be "+timeFormat+" (write + as %%2B)")
		return nil
	}
	t = t.Truncate(time.Microsecond) // which is as exact as a database is
	return &t
}

// ID returns a UUID, or nil.
func (q *Query) ID(name string) *uuid.UUID {
	value, ok := q.get(name)
	if !ok {
		return nil
	}
	id, err := parseID(value)
	if err != nil {
		q.errs.Add(name, "must be a UUID")
	}
	return &id
}

// OneOf returns one of the values given, or "".
func (q *Query) OneOf(name string, values ...string) string {
	value, ok := q.get(name)
	if ok && !slices.Contains(values, value) {
		q.errs.Add(name, "must be one of %s", strings.Join(values, ", "))
	}
	return value
}

// Page returns what page, page_size and sort ask for; the first of keys is the
// default order.
func (q *Query) Page(keys ...string) page.Request {
	r := page.Request{Number: 1, Size: page.DefaultSize}
	if number, ok := q.Int("page", 1, page.MaxNumber); ok {
		r.Number = number
	}
	if size, ok := q.Int("page_size", 1, page.MaxSize); ok {
		r.Size = size
	}
	key, _ := q.get("sort")
	var err error
	if r.Sort, err = page.ParseSort(key, keys...); err != nil {
		q.errs.Add("sort", "%v", err)
	}
	return r
}

// Fault notes what is wrong with a parameter beside others, unless it is wrong by
// itself already.
func (q *Query) Fault(name, message string) {
	if !slices.ContainsFunc(q.errs, func(e field.Error) bool { return e.Name == name }) {
		q.errs.Add(name, "%s", message)
	}
}

// Err returns *MalformedError for all that is wrong with the parameters read, and for
// those that nobody read.
func (q *Query) Err() error {
	if q.broken {
		return &MalformedError{Detail: "the query string is not well formed"}
	}
	var unknown []string
	for name := range q.values {
		if !slices.Contains(q.read, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		q.errs.Add(name, "is unknown")
	}
	if err := q.errs.Err(); err != nil {
		return &MalformedError{Detail: "a parameter cannot be read", Fields: q.errs}
	}
	return nil
}
