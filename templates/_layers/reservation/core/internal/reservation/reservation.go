// Package reservation is the heart of the program: rooms, who has them when, and
// the rules that both follow.
package reservation

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/page"
)

// Outcomes of this package.
var (
	ErrNotFound     = errors.New("reservation: not found")
	ErrRoomNotFound = errors.New("reservation: room not found")
	ErrNameTaken    = errors.New("reservation: room name taken")
	ErrRoomInUse    = errors.New("reservation: room has reservations")
	ErrOverlap      = errors.New("reservation: room is taken at that time")
	ErrStarted      = errors.New("reservation: has started")
	ErrCancelled    = errors.New("reservation: is cancelled")
	ErrStale        = errors.New("reservation: changed by somebody else")
)

// AnyVersion stands for whatever version there is.
const AnyVersion = 0

// Room is something that can be reserved.
type Room struct {
	ID          uuid.UUID
	Name        string // unique, in any case
	Description string
	Capacity    int // persons
	Version     int // 1 at first, one more at each change
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Period is a half-open time, [Start, End): whoever leaves at ten does not meet
// whoever comes at ten.
type Period struct {
	Start time.Time
	End   time.Time
}

// Overlaps says whether a moment belongs to both.
func (p Period) Overlaps(other Period) bool {
	return p.Start.Before(other.End) && other.Start.Before(p.End)
}

// Reservation is a room taken by a user for a period.
type Reservation struct {
	ID          uuid.UUID
	RoomID      uuid.UUID
	UserID      uuid.UUID
	Title       string
	Period      Period
	CancelledAt *time.Time // nil while it stands
	Version     int        // 1 at first, one more at each change
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Status says whether a reservation stands.
type Status string

// The statuses.
const (
	Confirmed Status = "confirmed"
	Cancelled Status = "cancelled"
)

// Status says whether the reservation stands.
func (r Reservation) Status() Status {
	if r.CancelledAt != nil {
		return Cancelled
	}
	return Confirmed
}

// RoomQuery selects rooms. Nil and zero fields select all.
type RoomQuery struct {
	Text        string  // words that all occur in name or description, in any case; punctuation separates words
	MinCapacity int     // persons
	Free        *Period // without a confirmed reservation that overlaps
	Page        page.Request
}

// RoomSortKeys is what rooms can be sorted by, the default first.
func RoomSortKeys() []string { return []string{"name", "capacity", "created_at"} }

// Query selects reservations. Nil fields select all.
type Query struct {
	UserID *uuid.UUID
	RoomID *uuid.UUID
	Status *Status
	From   *time.Time // those that end after it
	To     *time.Time // those that start before it
	Page   page.Request
}

// SortKeys is what reservations can be sorted by, the default first.
func SortKeys() []string { return []string{"starts_at", "created_at"} }

// Store keeps rooms and reservations. All of its methods are atomic, whoever
// calls them at the same time, and return outage.ErrUnavailable when the store
// cannot be reached. Times are kept to the microsecond and come back in UTC.
type Store interface {
	// CreateRoom returns ErrNameTaken when a room has the same name.
	CreateRoom(ctx context.Context, r Room) error

	// Room returns ErrRoomNotFound when there is no such room.
	Room(ctx context.Context, id uuid.UUID) (Room, error)

	// Rooms returns one page of the rooms that q selects, sorted by one of
	// RoomSortKeys and then by id. A Text without any word selects none.
	Rooms(ctx context.Context, q RoomQuery) (page.List[Room], error)

	// UpdateRoom stores r if the room's version is r.Version, with the next
	// version, and returns what is stored then. CreatedAt stays. It returns
	// ErrRoomNotFound, ErrStale when the version is another, or ErrNameTaken.
	UpdateRoom(ctx context.Context, r Room) (Room, error)

	// DeleteRoom deletes the room if it has the version given. It returns
	// ErrRoomNotFound, ErrStale when the version is another, or ErrRoomInUse
	// when there is a reservation for it, whether past or cancelled.
	DeleteRoom(ctx context.Context, id uuid.UUID, version int) error

	// Create stores a reservation. It returns ErrOverlap when a confirmed one of
	// the same room overlaps it, or ErrRoomNotFound.
	Create(ctx context.Context, r Reservation) error

	// Get returns ErrNotFound when there is no such reservation.
	Get(ctx context.Context, id uuid.UUID) (Reservation, error)

	// List returns one page of the reservations that q selects, sorted by one of
	// SortKeys and then by id.
	List(ctx context.Context, q Query) (page.List[Reservation], error)

	// Update stores title, period, cancellation and time of change of r if the
	// reservation's version is r.Version, with the next version, and returns
	// what is stored then. All else stays. It returns ErrNotFound, ErrStale when
	// the version is another, or ErrOverlap as Create does.
	Update(ctx context.Context, r Reservation) (Reservation, error)
}
