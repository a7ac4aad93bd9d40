package viewtest

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"example.com/app/services/order/internal/view"
)

func testLists(t *testing.T, open func(t *testing.T) view.Store) {
	runAll(t, open, []subtest{
		{"an empty view has an empty list", listNone},
		{"orders are sorted, ties by id", listSorted},
		{"pages leave nothing out, and tell the total past the end", listPages},
		{"an unknown sort key is an error", listUnknownSort},
		{"every filter, alone and with others", listFilters},
	})
}

func listNone(t *testing.T, f fixture) {
	got, err := f.Orders(t.Context(), view.Query{Page: firstPage("")})
	if err != nil || got.Total != 0 || got.Items == nil || len(got.Items) != 0 {
		t.Errorf("Orders() = %+v, %v, want an empty list that is not nil", got, err)
	}
}

func listSorted(t *testing.T, f fixture) {
	add := func(name string, id byte, minutes int, total int64) {
		f.put(t, order(t, name, placed(minutes), func(o *view.Order) { o.ID, o.Total = uuid.UUID{15: id}, idr(t, total) }))
	}
	add("A", 4, 1, 3000)
	add("B", 2, 1, 2000)
	add("C", 3, 0, 2000)
	add("D", 1, 2, 10_000)
	tests := []struct {
		sort string
		want string
	}{
		{"placed_at", "C, B, A, D"},
		{"-placed_at", "D, B, A, C"},
		{"total", "B, C, A, D"},
		{"-total", "D, A, B, C"},
	}
	for _, tt := range tests {
		t.Run("sort="+tt.sort, func(t *testing.T) { f.wantNames(t, view.Query{Page: firstPage(tt.sort)}, tt.want) })
	}
}

func listPages(t *testing.T, f fixture) {
	customer := uuid.New()
	want := []string{"E", "D", "C", "B", "A"}
	for i, name := range want {
		f.put(t, order(t, name, of(customer), placed(-i)), order(t, "Another's", placed(-i)))
	}
	q := view.Query{CustomerID: &customer, Page: firstPage("-placed_at")}
	q.Page.Size = 2
	var got []string
	for q.Page.Number = 1; q.Page.Number <= 4; q.Page.Number++ {
		list, err := f.Orders(t.Context(), q)
		if err != nil || list.Total != len(want) || len(list.Items) > q.Page.Size {
			t.Fatalf("page %d = %d items of %d, %v, want at most 2 of 5", q.Page.Number, len(list.Items), list.Total, err)
		}
		got = append(got, names(list.Items)...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("all pages = %q, want %q", got, want)
	}
}

func listUnknownSort(t *testing.T, f fixture) {
	q := view.Query{Page: firstPage("status")}
	if _, err := f.Orders(t.Context(), q); err == nil {
		t.Error("Orders(unknown sort key) = no error, want one")
	}
}

func listFilters(t *testing.T, f fixture) {
	ann, bob, nobody := uuid.New(), uuid.New(), uuid.New()
	gift := order(t, "Angklung", of(bob), placed(2))
	gift.Lines = append(gift.Lines, view.Line{ProductID: uuid.New(), Product: "Suling 100%", Quantity: 1})
	done := order(t, "Kendang", of(ann), placed(3))
	f.put(t, order(t, "Great ANGKLUNG", of(ann), placed(1)), gift, done, order(t, "Gong", placed(4)))
	f.write(t, func(w view.Writer) error { return w.SetStatus(t.Context(), done.ID, view.Completed, "", at(9)) })
	f.write(t, func(w view.Writer) error { return w.PutCustomer(t.Context(), view.Customer{ID: ann, Name: "Ann Lee"}) })
	f.write(t, func(w view.Writer) error { return w.PutCustomer(t.Context(), view.Customer{ID: bob, Name: "Bob"}) })

	tests := []struct {
		name  string
		query view.Query
		want  string
	}{
		{"none", view.Query{}, "Great ANGKLUNG, Angklung, Kendang, Gong"},
		{"customer", view.Query{CustomerID: &ann}, "Great ANGKLUNG, Kendang"},
		{"unknown customer", view.Query{CustomerID: &nobody}, ""},
		{"pending", view.Query{Status: new(view.Pending)}, "Great ANGKLUNG, Angklung, Gong"},
		{"completed", view.Query{Status: new(view.Completed)}, "Kendang"},
		{"cancelled", view.Query{Status: new(view.Cancelled)}, ""},
		{"product, in any case", view.Query{Text: "aNGKLUNG"}, "Great ANGKLUNG, Angklung"},
		{"part of a second product", view.Query{Text: "ulin"}, "Angklung"},
		{"customer's name", view.Query{Text: "ann l"}, "Great ANGKLUNG, Kendang"},
		{"a product or a customer's name", view.Query{Text: "b"}, "Angklung"},
		{"what is a pattern elsewhere", view.Query{Text: "100%"}, "Angklung"},
		{"what would match all as a pattern", view.Query{Text: "%"}, "Angklung"},
		{"what would match one letter as a pattern", view.Query{Text: "_"}, ""},
		{"text and customer", view.Query{Text: "angklung", CustomerID: &bob}, "Angklung"},
		{"all", view.Query{Text: "ann", CustomerID: &ann, Status: new(view.Completed)}, "Kendang"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.query.Page = firstPage("placed_at")
			f.wantNames(t, tt.query, tt.want)
		})
	}
}
