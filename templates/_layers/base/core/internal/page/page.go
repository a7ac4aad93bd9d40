// Package page describes one page of a list: which one, how long, in which order.
package page

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Bounds of a request. MaxNumber keeps OFFSET, and with it the rows that the
// database must walk over, within reason.
const (
	DefaultSize = 20
	MaxSize     = 100
	MaxNumber   = 1000
)

// Request asks for one page. Number counts from 1.
type Request struct {
	Number int
	Size   int
	Sort   Sort
}

// Offset is how many items come before the page.
func (r Request) Offset() int { return (r.Number - 1) * r.Size }

// Sort is an order by one key. Stores break ties by id, so that no item is on
// two pages.
type Sort struct {
	Key        string
	Descending bool
}

// ParseSort reads `key` or `-key`, for descending order. Only the keys given are
// allowed; the empty string stands for the first of them, ascending.
func ParseSort(s string, keys ...string) (Sort, error) {
	if s == "" {
		return Sort{Key: keys[0]}, nil
	}
	key, descending := strings.CutPrefix(s, "-")
	if !slices.Contains(keys, key) {
		return Sort{}, fmt.Errorf("must be one of %s, with - in front for descending order", strings.Join(keys, ", "))
	}
	return Sort{Key: key, Descending: descending}, nil
}

// List is one page of items, and how many there are on all pages.
type List[T any] struct {
	Items []T
	Total int
}

// Links is the value of a Link header (RFC 8288) with the pages around r: first,
// prev, next and last, as far as they exist. All other parameters of u stay.
func Links(u *url.URL, r Request, total int) string {
	last := min(max(1, (total+r.Size-1)/r.Size), MaxNumber)
	var links []string
	query := u.Query()
	query.Set("page_size", strconv.Itoa(r.Size))
	link := func(rel string, number int) {
		query.Set("page", strconv.Itoa(number))
		links = append(links, "<"+u.EscapedPath()+"?"+query.Encode()+`>; rel="`+rel+`"`)
	}
	link("first", 1)
	if r.Number > 1 {
		link("prev", min(r.Number-1, last))
	}
	if r.Number < last {
		link("next", r.Number+1)
	}
	link("last", last)
	return strings.Join(links, ", ")
}

// Of sorts items as r wants, by one of the orders given and then by id, and returns the
// page, whose items are never nil. It reorders items in place.
func Of[T any](items []T, r Request, orders map[string]func(a, b T) int, id func(T) uuid.UUID) (List[T], error) {
	order, ok := orders[r.Sort.Key]
	if !ok {
		return List[T]{}, fmt.Errorf("unknown sort key %q", r.Sort.Key)
	}
	slices.SortFunc(items, func(a, b T) int {
		c := order(a, b)
		if r.Sort.Descending {
			c = -c
		}
		if c == 0 {
			idA, idB := id(a), id(b)
			c = bytes.Compare(idA[:], idB[:])
		}
		return c
	})
	start := min(r.Offset(), len(items))
	end := min(start+r.Size, len(items))
	return List[T]{Items: append([]T{}, items[start:end]...), Total: len(items)}, nil
}
