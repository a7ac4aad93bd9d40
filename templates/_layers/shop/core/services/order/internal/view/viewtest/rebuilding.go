package viewtest

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/storetest"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/view"
)

func testRebuilding(t *testing.T, open func(t *testing.T) view.Store) {
	runAll(t, open, []subtest{
		{"nothing of the old view is left", rebuild},
		{"the old view stays when the new one fails", rebuildFails},
		{"readers find the old view meanwhile", rebuildRead},
		{"what is written meanwhile is not lost", rebuildWrite},
		{"a view that was made anew is the one that grew", rebuildSame},
	})
}

func rebuild(t *testing.T, f fixture) {
	id := uuid.New()
	f.put(t, order(t, "Angklung"), order(t, "Gong", placed(1)))
	f.write(t, func(w view.Writer) error { return w.PutProduct(t.Context(), product(t, id, "Angklung", 5)) })
	storetest.WantError(t, "Rebuild()", f.Rebuild(t.Context(), func(w view.Writer) (bus.Position, error) {
		wantProductNames(t, w, map[uuid.UUID]string{}, id)
		err := w.PutProduct(t.Context(), product(t, id, "Suling", 1))
		wantProductNames(t, w, map[uuid.UUID]string{id: "Suling"}, id)
		return event(1), errors.Join(err, w.PutOrder(t.Context(), order(t, "Suling")))
	}), nil)
	f.wantPosition(t, event(1))
	f.wantNames(t, view.Query{Page: firstPage("")}, "Suling")
	found, err := f.Products(t.Context(), []uuid.UUID{id})
	if err != nil || found[id].Name != "Suling" {
		t.Errorf("Products() = %v, %v, want Suling", found, err)
	}
	f.put(t, order(t, "Kendang", placed(1))) // it goes on from the new position
	f.wantNames(t, view.Query{Page: firstPage("")}, "Suling, Kendang")
}

func rebuildFails(t *testing.T, f fixture) {
	f.put(t, order(t, "Angklung"))
	before := f.all(t)
	errRefused := errors.New("refused")
	storetest.WantError(t, "Rebuild()", f.Rebuild(t.Context(), func(w view.Writer) (bus.Position, error) {
		return event(9), errors.Join(w.PutOrder(t.Context(), order(t, "Suling")), errRefused)
	}), errRefused)
	if got := f.all(t); !reflect.DeepEqual(got, before) {
		t.Errorf("Orders() = %+v, want %+v", got, before)
	}
	f.wantPosition(t, event(1))
}

func rebuildRead(t *testing.T, f fixture) {
	f.put(t, order(t, "Angklung"))
	storetest.WantError(t, "Rebuild()", f.Rebuild(t.Context(), func(w view.Writer) (bus.Position, error) {
		err := w.PutOrder(t.Context(), order(t, "Suling"))
		f.wantNames(t, view.Query{Page: firstPage("")}, "Angklung")
		f.wantPosition(t, event(1))
		return event(5), err
	}), nil)
}

// rebuildWrite has the projector of a running process write while a command rebuilds.
func rebuildWrite(t *testing.T, f fixture) {
	f.put(t, order(t, "Angklung"))
	written := make(chan error, 1)
	storetest.WantError(t, "Rebuild()", f.Rebuild(t.Context(), func(w view.Writer) (bus.Position, error) {
		go func() {
			written <- f.Write(t.Context(), event(2), func(w view.Writer) error {
				return w.PutOrder(t.Context(), order(t, "Suling", placed(1)))
			})
		}()
		// Either it is written at once, or it waits until the view is rebuilt.
		select {
		case err := <-written:
			written <- err
		case <-time.After(100 * time.Millisecond):
		}
		return event(1), w.PutOrder(t.Context(), order(t, "Angklung"))
	}), nil)
	storetest.WantError(t, "Write()", <-written, nil)
	f.wantPosition(t, event(2))
	f.wantNames(t, view.Query{Page: firstPage("")}, "Angklung, Suling")
}

// rebuildSame lets one view follow the log, and makes it anew in the end.
func rebuildSame(t *testing.T, f fixture) {
	log := story(t)
	projector := &view.Projector{Log: log, Store: f.Store, Logger: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(t.Context())
	log.End = stop
	if err := projector.Run(ctx); err != nil {
		t.Fatalf("Run() = %v", err)
	}
	want, position := f.all(t), f.position(t)
	if len(want) != 3 || position.Sequence == 0 {
		t.Fatalf("Run() has written %+v up to %+v, want 3 orders", want, position)
	}
	n, err := projector.Rebuild(t.Context())
	if err != nil || n != len(log.Events) {
		t.Errorf("Rebuild() = %d, %v, want %d", n, err, len(log.Events))
	}
	if got := f.all(t); !reflect.DeepEqual(got, want) {
		t.Errorf("after Rebuild(), Orders() = %+v, want %+v", got, want)
	}
	f.wantPosition(t, position)
}

// story is a log in which everything happens that the view is made of.
func story(t *testing.T) *Log {
	t.Helper()
	ann, bob, angklung := uuid.New(), uuid.New(), uuid.New()
	first, second, third := uuid.New(), uuid.New(), uuid.New()
	log := new(Log)
	say := func(eventType string, data any) {
		t.Helper()
		now := at(len(log.Events))
		e, err := events.New("test", eventType, uuid.New(), now, data)
		if err != nil {
			t.Fatal(err)
		}
		log.Events = append(log.Events, e)
	}
	place := func(id, customer uuid.UUID) {
		price := events.Money{Amount: 150_000, Currency: "IDR"}
		say(events.OrderPlacedV1, events.OrderPlaced{
			OrderID: id, CustomerID: customer, Total: price, PlacedAt: at(len(log.Events)),
			Lines: []events.OrderLine{{ProductID: angklung, Quantity: 1, UnitPrice: price}},
		})
	}
	change := func(version int, name string) {
		say(events.ProductChangedV1, events.ProductChanged{
			ProductID: angklung, Version: version, Name: name, Price: events.Money{Amount: 150_000, Currency: "IDR"},
		})
	}
	say(events.UserRegisteredV1, events.UserRegistered{UserID: ann, Name: "Ann"})
	place(first, ann) // before anybody has told of the product
	change(1, "Angklung")
	place(second, bob)
	change(3, "Great angklung")
	change(2, "Small angklung")
	place(third, ann)
	say(events.OrderCompletedV1, events.OrderCompleted{OrderID: second, CustomerID: bob})
	say(events.OrderCancelledV1, events.OrderCancelled{OrderID: first, CustomerID: ann, Reason: "out-of-stock"})
	say(events.UserRegisteredV1, events.UserRegistered{UserID: bob, Name: "Bob"})
	return log
}
