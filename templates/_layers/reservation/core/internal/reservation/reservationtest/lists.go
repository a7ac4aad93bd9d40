package reservationtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
)

func testReservationLists(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"an empty store has an empty list", listNone},
		{"reservations are sorted, ties by id", listSorted},
		{"pages leave nothing out, and tell the total past the end", listPages},
		{"an unknown sort key is an error", listUnknownSort},
		{"every filter, alone and with others", listFilters},
	})
}

func listNone(t *testing.T, f Fixture) {
	got, err := f.Store.List(t.Context(), reservation.Query{Page: firstPage("", reservation.SortKeys())})
	if err != nil || got.Total != 0 || got.Items == nil || len(got.Items) != 0 {
		t.Errorf("List() = %+v, %v, want an empty list that is not nil", got, err)
	}
}

func listSorted(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	add := func(title string, id byte, start, created float64) {
		f.reserve(t, f.room(t, title).ID, user, between(start, start+1), func(r *reservation.Reservation) {
			r.ID, r.Title, r.CreatedAt = uuid.UUID{15: id}, title, at(created)
		})
	}
	add("A", 4, 1, 3)
	add("B", 2, 1, 2)
	add("C", 3, 0, 2)
	add("D", 1, 2, 1)

	tests := []struct {
		sort string
		want string
	}{
		{"", "C, B, A, D"},
		{"starts_at", "C, B, A, D"},
		{"-starts_at", "D, B, A, C"},
		{"created_at", "D, B, C, A"},
		{"-created_at", "A, B, C, D"},
	}
	for _, test := range tests {
		t.Run("sort="+test.sort, func(t *testing.T) {
			f.wantTitles(t, reservation.Query{Page: firstPage(test.sort, reservation.SortKeys())}, test.want)
		})
	}
}

func listPages(t *testing.T, f Fixture) {
	room, user := f.room(t, "Garden").ID, f.NewUser(t)
	for title, start := range map[string]float64{"A": 1, "B": 2, "C": 3, "D": 4, "E": 5} {
		f.reserve(t, room, user, between(start, start+1), titled(title))
	}
	query := reservation.Query{UserID: &user, Page: firstPage("-starts_at", reservation.SortKeys())}
	all := pages(t, query.Page, func(request page.Request) (page.List[reservation.Reservation], error) {
		query.Page = request
		return f.Store.List(t.Context(), query)
	}, 5)
	wantNames(t, "all pages", names(all, title), []string{"E", "D", "C", "B", "A"})
}

func listUnknownSort(t *testing.T, f Fixture) {
	query := reservation.Query{Page: firstPage("", reservation.SortKeys())}
	query.Page.Sort.Key = "title"
	if _, err := f.Store.List(t.Context(), query); err == nil {
		t.Error("List(unknown sort key) = no error, want one")
	}
}

func listFilters(t *testing.T, f Fixture) {
	ann, bob, nobody := f.NewUser(t), f.NewUser(t), uuid.New()
	garden, orchard := f.room(t, "Garden").ID, f.room(t, "Orchard").ID
	f.reserve(t, garden, ann, between(1, 2), titled("A"))
	f.reserve(t, garden, ann, between(2, 3), titled("B"), cancelled)
	f.reserve(t, garden, bob, between(3, 4), titled("C"))
	f.reserve(t, orchard, ann, between(4, 5), titled("D"))

	confirmed, dropped := reservation.Confirmed, reservation.Cancelled
	tests := []struct {
		name  string
		query reservation.Query
		want  string
	}{
		{"none", reservation.Query{}, "A, B, C, D"},
		{"user", reservation.Query{UserID: &ann}, "A, B, D"},
		{"unknown user", reservation.Query{UserID: &nobody}, ""},
		{"room", reservation.Query{RoomID: &garden}, "A, B, C"},
		{"unknown room", reservation.Query{RoomID: &nobody}, ""},
		{"confirmed", reservation.Query{Status: &confirmed}, "A, C, D"},
		{"cancelled", reservation.Query{Status: &dropped}, "B"},
		{"from the middle of one", reservation.Query{From: new(at(2.5))}, "B, C, D"},
		{"from the end of one", reservation.Query{From: new(at(3))}, "C, D"},
		{"to the middle of one", reservation.Query{To: new(at(2.5))}, "A, B"},
		{"to the start of one", reservation.Query{To: new(at(2))}, "A"},
		{"from and to", reservation.Query{From: new(at(2.5)), To: new(at(3.5))}, "B, C"},
		{"from and to at once", reservation.Query{From: new(at(1.5)), To: new(at(1.5))}, "A"},
		{"from after to", reservation.Query{From: new(at(5)), To: new(at(1))}, ""},
		{"user and room", reservation.Query{UserID: &ann, RoomID: &garden}, "A, B"},
		{"room and status", reservation.Query{RoomID: &garden, Status: &confirmed}, "A, C"},
		{"user and from", reservation.Query{UserID: &ann, From: new(at(2))}, "B, D"},
		{"room and to", reservation.Query{RoomID: &garden, To: new(at(3))}, "A, B"},
		{"all", reservation.Query{UserID: &ann, RoomID: &garden, Status: &confirmed, From: new(at(0)), To: new(at(9))}, "A"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.query.Page = firstPage("", reservation.SortKeys())
			f.wantTitles(t, test.query, test.want)
		})
	}
}

// wantTitles expects reservations of the titles given, with a comma between
// them.
func (f Fixture) wantTitles(t *testing.T, query reservation.Query, want string) {
	t.Helper()
	got, err := f.Store.List(t.Context(), query)
	if err != nil {
		t.Fatalf("List() = error %v", err)
	}
	wanted := slices.DeleteFunc(strings.Split(want, ", "), func(s string) bool { return s == "" })
	wantNames(t, "List()", names(got.Items, title), wanted)
	if got.Total != len(wanted) {
		t.Errorf("List().Total = %d, want %d", got.Total, len(wanted))
	}
}

func titled(s string) func(*reservation.Reservation) {
	return func(r *reservation.Reservation) { r.Title = s }
}

func title(r reservation.Reservation) string { return r.Title }
