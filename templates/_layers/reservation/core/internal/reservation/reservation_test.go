package reservation_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/memory"
	"example.com/app/internal/reservation"
)

var noon = time.Date(2030, time.March, 4, 12, 0, 0, 0, time.UTC)

func period(start, end time.Duration) reservation.Period {
	return reservation.Period{Start: noon.Add(start), End: noon.Add(end)}
}

func TestOverlaps(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	tests := []struct {
		name string
		a, b reservation.Period
		want bool
	}{
		{"the same", period(0, hour), period(0, hour), true},
		{"one within the other", period(0, 3*hour), period(hour, 2*hour), true},
		{"the end of one in the other", period(0, 2*hour), period(hour, 3*hour), true},
		{"one right after the other", period(0, hour), period(hour, 2*hour), false},
		{"one long after the other", period(0, hour), period(2*hour, 3*hour), false},
		{"by a nanosecond", period(0, hour+1), period(hour, 2*hour), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.a.Overlaps(test.b); got != test.want {
				t.Errorf("%v overlaps %v: %t, want %t", test.a, test.b, got, test.want)
			}
			if got := test.b.Overlaps(test.a); got != test.want {
				t.Errorf("%v overlaps %v: %t, want %t", test.b, test.a, got, test.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := []struct {
		name   string
		period reservation.Period
		fields []string // at fault; none where all is well
	}{
		{"from this moment on", period(0, time.Minute), nil},
		{"a minute ago", period(-time.Minute, time.Minute), []string{"starts_at"}},
		{"as far ahead as can be", period(365*day, 365*day+time.Hour), nil},
		{"a minute further", period(365*day+time.Minute, 365*day+time.Hour), []string{"starts_at"}},
		{"as long as can be", period(time.Hour, 9*time.Hour), nil},
		{"a minute longer", period(time.Hour, 9*time.Hour+time.Minute), []string{"ends_at"}},
		{"of no length", period(time.Hour, time.Hour), []string{"ends_at"}},
		{"backwards", period(2*time.Hour, time.Hour), []string{"ends_at"}},
		{"seconds", period(time.Hour+time.Second, 2*time.Hour+time.Second), []string{"starts_at", "ends_at"}},
		{"nanoseconds", period(time.Hour+1, 2*time.Hour), []string{"starts_at"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store := &memory.Reservations{}
			room := reservation.Room{ID: uuid.New(), Name: "Merapi", Capacity: 8, Version: 1}
			if err := store.CreateRoom(t.Context(), room); err != nil {
				t.Fatal(err)
			}
			service := &reservation.Service{Store: store, Policy: auth.NewPolicy(), Now: func() time.Time { return noon }}
			actor := auth.Actor{ID: uuid.New(), Role: auth.RoleUser}
			_, err := service.Create(t.Context(), actor, reservation.Details{RoomID: room.ID, Title: "Retro", Period: test.period})
			fields, _ := errors.AsType[field.Errors](err)
			if len(test.fields) == 0 && err != nil || len(fields) != len(test.fields) {
				t.Fatalf("Create(%v) = error %v, want one about %v", test.period, err, test.fields)
			}
			for i, name := range test.fields {
				if fields[i].Name != name {
					t.Errorf("Create(%v) finds %s at fault, want %s", test.period, fields[i].Name, name)
				}
			}
		})
	}
}
