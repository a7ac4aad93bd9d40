package database

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/jackc/pgx/v5"

	"example.com/app/internal/page"
)

// Selection is what the lists of a table have in common: where the rows come
// from, which are wanted, and in which orders.
type Selection struct {
	Columns string
	Table   string
	Orders  map[string]string // SQL by sort key; ties are broken by the column id

	conditions []string
	args       pgx.NamedArgs
}

// Where adds a condition that the rows must meet. Its arguments may have any names
// but limit and offset.
func (s *Selection) Where(condition string, args pgx.NamedArgs) {
	s.conditions = append(s.conditions, condition)
	if s.args == nil {
		s.args = pgx.NamedArgs{}
	}
	maps.Copy(s.args, args)
}

// sql returns a query for one page, with the number of rows on all pages as its
// last column, and another for that number alone.
func (s *Selection) sql(sort page.Sort) (items, total string, err error) {
	order, ok := s.Orders[sort.Key]
	if !ok {
		return "", "", fmt.Errorf("unknown sort key %q", sort.Key)
	}
	if sort.Descending {
		order += " DESC"
	}
	from := " FROM " + s.Table
	if len(s.conditions) > 0 {
		from += " WHERE " + strings.Join(s.conditions, " AND ")
	}
	total = "SELECT count(*)" + from
	items = "SELECT " + s.Columns + ", (" + total + ")" + from +
		" ORDER BY " + order + ", id LIMIT @limit OFFSET @offset"
	return items, total, nil
}

// List returns one page of a selection. Items and total come from one statement,
// so that they belong to the same moment.
func List[T any](ctx context.Context, db DB, s Selection, request page.Request, scan func(row pgx.Row, more ...any) (T, error)) (page.List[T], error) {
	var found page.List[T]
	items, total, err := s.sql(request.Sort)
	if err != nil {
		return found, err
	}
	args := pgx.NamedArgs{"limit": request.Size, "offset": request.Offset()}
	maps.Copy(args, s.args)
	rows, err := db.Query(ctx, items, args)
	if err != nil {
		return found, err
	}
	found.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (T, error) {
		return scan(row, &found.Total)
	})
	if err != nil || len(found.Items) > 0 || request.Offset() == 0 {
		return found, err
	}
	// A page past the end has no row that could tell the total.
	if err := db.QueryRow(ctx, total, args).Scan(&found.Total); err != nil {
		return found, err
	}
	// What was added since then is not to contradict the empty page.
	found.Total = min(found.Total, request.Offset())
	return found, nil
}
