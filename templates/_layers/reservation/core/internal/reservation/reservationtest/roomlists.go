package reservationtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
)

func testRoomLists(t *testing.T, open func(t *testing.T) Fixture) {
	runAll(t, open, []subtest{
		{"an empty store has an empty list", roomsNone},
		{"rooms are sorted, ties by id", roomsSorted},
		{"pages leave nothing out, and tell the total past the end", roomsPages},
		{"an unknown sort key is an error", roomsUnknownSort},
		{"text finds whole words", roomsText},
		{"free rooms have no confirmed reservation in the way", roomsFree},
		{"filters add up", roomsFilters},
	})
}

func roomsNone(t *testing.T, f Fixture) {
	got, err := f.Store.Rooms(t.Context(), reservation.RoomQuery{Page: firstPage("", reservation.RoomSortKeys())})
	if err != nil || got.Total != 0 || got.Items == nil || len(got.Items) != 0 {
		t.Errorf("Rooms() = %+v, %v, want an empty list that is not nil", got, err)
	}
}

func roomsSorted(t *testing.T, f Fixture) {
	add := func(name string, id byte, capacity int, created float64) {
		f.room(t, name, func(r *reservation.Room) {
			r.ID, r.Capacity, r.CreatedAt = uuid.UUID{15: id}, capacity, at(created)
		})
	}
	add("beta", 1, 4, 3)
	add("Alpha", 3, 4, 1)
	add("alpha 2", 2, 9, 1)
	add("Gamma", 4, 1, 2)

	tests := []struct {
		sort string
		want string
	}{
		{"", "Alpha, alpha 2, beta, Gamma"},
		{"name", "Alpha, alpha 2, beta, Gamma"},
		{"-name", "Gamma, beta, alpha 2, Alpha"},
		{"capacity", "Gamma, beta, Alpha, alpha 2"},
		{"-capacity", "alpha 2, beta, Alpha, Gamma"},
		{"created_at", "alpha 2, Alpha, Gamma, beta"},
		{"-created_at", "beta, Gamma, alpha 2, Alpha"},
	}
	for _, test := range tests {
		t.Run("sort="+test.sort, func(t *testing.T) {
			f.wantRooms(t, reservation.RoomQuery{Page: firstPage(test.sort, reservation.RoomSortKeys())}, test.want)
		})
	}
}

func roomsPages(t *testing.T, f Fixture) {
	for _, name := range []string{"C", "A", "E", "B", "D"} {
		f.room(t, name)
	}
	query := reservation.RoomQuery{Page: firstPage("-name", reservation.RoomSortKeys())}
	all := pages(t, query.Page, func(request page.Request) (page.List[reservation.Room], error) {
		query.Page = request
		return f.Store.Rooms(t.Context(), query)
	}, 5)
	wantNames(t, "all pages", names(all, roomName), []string{"E", "D", "C", "B", "A"})
}

func roomsUnknownSort(t *testing.T, f Fixture) {
	query := reservation.RoomQuery{Page: firstPage("", reservation.RoomSortKeys())}
	query.Page.Sort.Key = "version; DROP TABLE rooms"
	if _, err := f.Store.Rooms(t.Context(), query); err == nil {
		t.Error("Rooms(unknown sort key) = no error, want one")
	}
}

func roomsText(t *testing.T, f Fixture) {
	describe := func(name, description string) {
		f.room(t, name, func(r *reservation.Room) { r.Description = description })
	}
	describe("Garden Room", "View of the park. Whiteboard; projector!")
	describe("Studio 3", "Projector/screen, microphones (two).")
	describe("Booth", "")

	tests := []struct {
		name string
		text string
		want string
	}{
		{"one word of a name", "studio", "Studio 3"},
		{"any case", "GaRDeN", "Garden Room"},
		{"a word of a description", "projector", "Garden Room, Studio 3"},
		{"all words, wherever they are", "projector garden", "Garden Room"},
		{"all words, not some", "projector booth", ""},
		{"a number is a word", "3", "Studio 3"},
		{"a part of a word is none", "proj", ""},
		{"punctuation separates words", "park;view,WHITEBOARD.", "Garden Room"},
		{"a slash does, too", "screen", "Studio 3"},
		{"signs of a search language mean nothing", "projector & !garden | (room:*)", "Garden Room"},
		{"quotes mean nothing", `"garden' room\`, "Garden Room"},
		{"without any word", " ,;! ", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			query := reservation.RoomQuery{Text: test.text, Page: firstPage("name", reservation.RoomSortKeys())}
			f.wantRooms(t, query, test.want)
		})
	}
}

func roomsFree(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	f.room(t, "Empty")
	f.reserve(t, f.room(t, "Cancelled").ID, user, between(10, 12), cancelled)
	taken := f.room(t, "Taken").ID
	f.reserve(t, taken, user, between(10, 12))
	f.reserve(t, taken, user, between(13, 14))

	const others = "Cancelled, Empty"
	tests := []struct {
		name   string
		period reservation.Period
		want   string
	}{
		{"the same period", between(10, 12), others},
		{"a part of it", between(10.5, 11), others},
		{"around it", between(9, 15), others},
		{"its beginning", between(9, 10.1), others},
		{"its end", between(11.9, 13), others},
		{"until it begins", between(9, 10), others + ", Taken"},
		{"from its end", between(12, 13), others + ", Taken"},
		{"a day later", between(34, 36), others + ", Taken"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			query := reservation.RoomQuery{Free: &test.period, Page: firstPage("name", reservation.RoomSortKeys())}
			f.wantRooms(t, query, test.want)
		})
	}
}

func roomsFilters(t *testing.T, f Fixture) {
	user := f.NewUser(t)
	add := func(name string, capacity int, description string) uuid.UUID {
		return f.room(t, name, func(r *reservation.Room) { r.Capacity, r.Description = capacity, description }).ID
	}
	add("A", 4, "projector")
	add("B", 8, "projector")
	f.reserve(t, add("C", 8, "projector"), user, between(1, 2))
	add("D", 8, "")

	period := between(1, 2)
	tests := []struct {
		name  string
		query reservation.RoomQuery
		want  string
	}{
		{"capacity, exactly", reservation.RoomQuery{MinCapacity: 8}, "B, C, D"},
		{"capacity, too much", reservation.RoomQuery{MinCapacity: 9}, ""},
		{"capacity and text", reservation.RoomQuery{MinCapacity: 5, Text: "projector"}, "B, C"},
		{"capacity and free", reservation.RoomQuery{MinCapacity: 5, Free: &period}, "B, D"},
		{"text and free", reservation.RoomQuery{Text: "projector", Free: &period}, "A, B"},
		{"all", reservation.RoomQuery{MinCapacity: 5, Text: "projector", Free: &period}, "B"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.query.Page = firstPage("name", reservation.RoomSortKeys())
			f.wantRooms(t, test.query, test.want)
		})
	}
}

// wantRooms expects rooms of the names given, with a comma between them.
func (f Fixture) wantRooms(t *testing.T, query reservation.RoomQuery, want string) {
	t.Helper()
	got, err := f.Store.Rooms(t.Context(), query)
	if err != nil {
		t.Fatalf("Rooms() = error %v", err)
	}
	wanted := slices.DeleteFunc(strings.Split(want, ", "), func(s string) bool { return s == "" })
	wantNames(t, "Rooms()", names(got.Items, roomName), wanted)
	if got.Total != len(wanted) {
		t.Errorf("Rooms().Total = %d, want %d", got.Total, len(wanted))
	}
}

func roomName(r reservation.Room) string { return r.Name }
