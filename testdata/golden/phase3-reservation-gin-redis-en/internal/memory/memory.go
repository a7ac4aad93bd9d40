// Package memory keeps everything in the memory of the process, for tests and
// for a start without a database. What it holds ends with the process.
package memory

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/acme/reservation-api/internal/page"
)

// list sorts items as request wants, by one of the orders given and then by id,
// and returns the page, whose items are never nil. It reorders items in place.
func list[T any](items []T, request page.Request, orders map[string]func(a, b T) int, id func(T) uuid.UUID) (page.List[T], error) {
	order, ok := orders[request.Sort.Key]
	if !ok {
		return page.List[T]{}, fmt.Errorf("unknown sort key %q", request.Sort.Key)
	}
	slices.SortFunc(items, func(a, b T) int {
		c := order(a, b)
		if request.Sort.Descending {
			c = -c
		}
		if c == 0 {
			idA, idB := id(a), id(b)
			c = bytes.Compare(idA[:], idB[:])
		}
		return c
	})
	start := min(request.Offset(), len(items))
	end := min(start+request.Size, len(items))
	return page.List[T]{Items: append([]T{}, items[start:end]...), Total: len(items)}, nil
}

// moment is a time as a database keeps it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
