// Package reservationtest is the contract of reservation.Store as tests. Every
// store passes them, or is none.
package reservationtest

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
	"example.com/app/internal/storetest"
)

// Fixture is an empty store, and a way to make the accounts that reservations
// belong to.
type Fixture struct {
	Store   reservation.Store
	NewUser func(t *testing.T) uuid.UUID
}

// Run holds the stores that open returns against the contract. Each test asks
// for one of its own.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	t.Run("rooms", func(t *testing.T) { testRooms(t, open) })
	t.Run("room lists", func(t *testing.T) { testRoomLists(t, open) })
	t.Run("reservations", func(t *testing.T) { testReservations(t, open) })
	t.Run("reservation lists", func(t *testing.T) { testReservationLists(t, open) })
	t.Run("races", func(t *testing.T) { testRaces(t, open) })
}

// subtest is one promise.
type subtest struct {
	name string
	test func(t *testing.T, f Fixture)
}

func runAll(t *testing.T, open func(t *testing.T) Fixture, subtests []subtest) {
	t.Helper()
	for _, s := range subtests {
		t.Run(s.name, func(t *testing.T) { s.test(t, open(t)) })
	}
}

// morning is a day on which everything happens. Its zone is not UTC and it has
// nanoseconds, neither of which a store gives back.
var morning = time.Date(2030, time.March, 4, 8, 0, 0, 123_456_789, time.FixedZone("WIB", 7*60*60))

// at is a time of that day, in hours after it began.
func at(hours float64) time.Time { return morning.Add(time.Duration(hours * float64(time.Hour))) }

func between(start, end float64) reservation.Period {
	return reservation.Period{Start: at(start), End: at(end)}
}

func (f Fixture) room(t *testing.T, name string, change ...func(*reservation.Room)) reservation.Room {
	t.Helper()
	r := reservation.Room{
		ID: uuid.New(), Name: name, Description: "", Capacity: 4, Version: 1,
		CreatedAt: morning, UpdatedAt: morning,
	}
	for _, c := range change {
		c(&r)
	}
	if err := f.Store.CreateRoom(t.Context(), r); err != nil {
		t.Fatalf("CreateRoom(%q) = %v", name, err)
	}
	r.CreatedAt, r.UpdatedAt = storetest.Exact(r.CreatedAt), storetest.Exact(r.UpdatedAt)
	return r
}

func newReservation(room, user uuid.UUID, p reservation.Period) reservation.Reservation {
	return reservation.Reservation{
		ID: uuid.New(), RoomID: room, UserID: user, Title: "Weekly", Period: p, Version: 1,
		CreatedAt: morning, UpdatedAt: morning,
	}
}

func (f Fixture) reserve(t *testing.T, room, user uuid.UUID, p reservation.Period, change ...func(*reservation.Reservation)) reservation.Reservation {
	t.Helper()
	r := newReservation(room, user, p)
	for _, c := range change {
		c(&r)
	}
	if err := f.Store.Create(t.Context(), r); err != nil {
		t.Fatalf("Create(%v) = %v", p, err)
	}
	return kept(r)
}

// kept is a reservation as a store gives it back.
func kept(r reservation.Reservation) reservation.Reservation {
	r.Period = reservation.Period{Start: storetest.Exact(r.Period.Start), End: storetest.Exact(r.Period.End)}
	r.CreatedAt, r.UpdatedAt = storetest.Exact(r.CreatedAt), storetest.Exact(r.UpdatedAt)
	if r.CancelledAt != nil {
		r.CancelledAt = new(storetest.Exact(*r.CancelledAt))
	}
	return r
}

func cancelled(r *reservation.Reservation) { r.CancelledAt = new(at(0)) }

// firstPage is long enough for everything. Without sort it has the default order.
func firstPage(sort string, keys []string) page.Request {
	key, descending := strings.CutPrefix(sort, "-")
	return page.Request{
		Number: 1, Size: page.MaxSize,
		Sort: page.Sort{Key: cmp.Or(key, keys[0]), Descending: descending},
	}
}

// pages reads a list in pages of two until an empty one, and checks each total.
func pages[T any](t *testing.T, request page.Request, list func(page.Request) (page.List[T], error), total int) []T {
	t.Helper()
	var all []T
	request.Size = 2
	for request.Number = 1; ; request.Number++ {
		got, err := list(request)
		if err != nil {
			t.Fatalf("page %d = error %v", request.Number, err)
		}
		if got.Total != total {
			t.Errorf("page %d: total = %d, want %d", request.Number, got.Total, total)
		}
		if want := min(2, total-len(all)); len(got.Items) != want {
			t.Fatalf("page %d has %d items, want %d", request.Number, len(got.Items), want)
		}
		if len(got.Items) == 0 {
			return all
		}
		all = append(all, got.Items...)
	}
}

func names[T any](items []T, name func(T) string) []string {
	all := make([]string, len(items))
	for i, item := range items {
		all[i] = name(item)
	}
	return all
}

func wantNames(t *testing.T, call string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s = %q, want %q", call, got, want)
	}
}
