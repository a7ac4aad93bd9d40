package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/job"
	"example.com/app/internal/notice"
	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/reservation"
	"example.com/app/internal/reservation/reservationtest"
)

func TestAnnouncing(t *testing.T) {
	reservationtest.Run(t, func(t *testing.T) reservationtest.Fixture {
		pool := postgrestest.New(t)
		return reservationtest.Fixture{
			Store:   postgres.NewAnnouncing(pool),
			NewUser: func(t *testing.T) uuid.UUID { return newUser(t, pool) },
		}
	})
}

// Each change that is kept brings one job, and one that is refused brings none.
func TestChangesAreAnnounced(t *testing.T) {
	pool := postgrestest.New(t)
	store, now := postgres.NewAnnouncing(pool), time.Now().UTC().Truncate(time.Microsecond)
	room := reservation.Room{ID: uuid.New(), Name: "Merapi", Capacity: 1, Version: 1, CreatedAt: now, UpdatedAt: now}
	if err := store.CreateRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	r := reservation.Reservation{
		ID: uuid.New(), RoomID: room.ID, UserID: newUser(t, pool), Title: "Retro", Version: 1,
		Period: reservation.Period{Start: now, End: now.Add(time.Hour)}, CreatedAt: now, UpdatedAt: now,
	}
	var want []string
	step := func(kind string, wanted error, change func() error) {
		t.Helper()
		if err := change(); !errors.Is(err, wanted) {
			t.Errorf("change = error %v, want %v", err, wanted)
		}
		if wanted == nil {
			want = append(want, kind)
		}
	}
	update := func() (err error) {
		r, err = store.Update(t.Context(), r)
		return err
	}
	step(notice.Confirmed, nil, func() error { return store.Create(t.Context(), r) })
	step(notice.Confirmed, reservation.ErrOverlap, func() error {
		other := r
		other.ID = uuid.New()
		return store.Create(t.Context(), other)
	})
	r.Title = "Review"
	step(notice.Rescheduled, nil, update)
	step(notice.Rescheduled, reservation.ErrStale, func() error {
		old := r
		old.Version = 1
		_, err := store.Update(t.Context(), old)
		return err
	})
	r.CancelledAt = &now
	step(notice.Cancelled, nil, update)

	var got []string
	_, err := postgres.NewOutbox(pool).Forward(t.Context(), 100, func(_ context.Context, jobs ...job.Job) error {
		for _, j := range jobs {
			got = append(got, j.Kind)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("announced %q, %v, want %q", got, err, want)
	}
}

// A job that cannot be stored takes the change with it.
func TestNoChangeGoesUntold(t *testing.T) {
	pool := postgrestest.New(t)
	store, now := postgres.NewAnnouncing(pool), time.Now()
	room := reservation.Room{ID: uuid.New(), Name: "Merapi", Capacity: 1, Version: 1, CreatedAt: now, UpdatedAt: now}
	if err := store.CreateRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `ALTER TABLE outbox ADD CHECK (kind = '')`); err != nil {
		t.Fatal(err)
	}
	err := store.Create(t.Context(), reservation.Reservation{
		ID: uuid.New(), RoomID: room.ID, UserID: newUser(t, pool), Version: 1,
		Period: reservation.Period{Start: now, End: now.Add(time.Hour)}, CreatedAt: now, UpdatedAt: now,
	})
	if n := count(t, pool, "reservations"); err == nil || n != 0 {
		t.Errorf("Create() = %v with %d reservations stored, want an error and none", err, n)
	}
}
