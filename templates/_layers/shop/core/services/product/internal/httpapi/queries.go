package httpapi

import (
	"net/http"

	"example.com/app/internal/request"
	"example.com/app/services/product/internal/catalog"
)

func productQuery(r *http.Request) (catalog.Query, error) {
	q := request.NewQuery(r)
	query := catalog.Query{
		Text: q.Text("q", 100),
		Page: q.Page(catalog.SortKeys()...),
	}
	if available := q.Bool("available"); available != nil {
		query.Available = *available
	}
	return query, q.Err()
}
