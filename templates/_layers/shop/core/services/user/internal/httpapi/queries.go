package httpapi

import (
	"net/http"

	"example.com/app/internal/auth"
	"example.com/app/internal/request"
	"example.com/app/services/user/internal/account"
)

func accountQuery(r *http.Request) (account.Query, error) {
	q := request.NewQuery(r)
	query := account.Query{
		Email:  q.Text("email", 254),
		Active: q.Bool("active"),
		Page:   q.Page(account.SortKeys()...),
	}
	if role := q.OneOf("role", string(auth.RoleUser), string(auth.RoleAdmin)); role != "" {
		query.Role = new(auth.Role(role))
	}
	return query, q.Err()
}
