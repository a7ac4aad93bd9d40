package httpapi

import (
	"net/http"

	"example.com/app/internal/request"
	"example.com/app/services/order/internal/view"
)

func orderQuery(r *http.Request) (view.Query, error) {
	q := request.NewQuery(r)
	query := view.Query{
		CustomerID: q.ID("customer_id"),
		Text:       q.Text("q", 100),
		Page:       q.Page(view.SortKeys()...),
	}
	if status := q.OneOf("status", string(view.Pending), string(view.Completed), string(view.Cancelled)); status != "" {
		query.Status = new(view.Status(status))
	}
	return query, q.Err()
}
