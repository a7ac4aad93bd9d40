package view

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/internal/money"
	"example.com/app/platform/bus"
)

// Log is the bus's log of everything that was ever published.
type Log interface {
	// Read hands the events of the types to handle, in order, from after the position
	// given, until ctx is done or handle returns an error.
	Read(ctx context.Context, after bus.Position, types []string, handle func(ctx context.Context, sequence uint64, e events.Event) error) error
	// ReadUntil does the same up to a sequence number, and returns then.
	ReadUntil(ctx context.Context, after, until uint64, types []string, handle func(ctx context.Context, sequence uint64, e events.Event) error) error
	// Last returns the sequence number of the newest event; 0: none.
	Last(ctx context.Context) (uint64, error)
}

// types are the events that the view is made of.
func types() []string {
	return []string{
		events.UserRegisteredV1, events.ProductChangedV1,
		events.OrderPlacedV1, events.OrderCompletedV1, events.OrderCancelledV1,
	}
}

// Projector writes the log into the view. The exported fields are required.
type Projector struct {
	Log    Log
	Store  Store
	Logger *slog.Logger

	stuck atomic.Bool
}

// Stuck says whether Run waits after a failure. While one follows the other, it is true most
// of the time.
func (p *Projector) Stuck() bool { return p.stuck.Load() }

// retryTime is how long the projector waits when the store or the log is away.
const retryTime = time.Second

// Run writes what is new until ctx is done. Several may run at the same time.
func (p *Projector) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := p.follow(ctx); ctx.Err() == nil {
			p.stuck.Store(true)
			p.Logger.Warn("view does not move", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryTime):
		}
	}
	return nil
}

func (p *Projector) follow(ctx context.Context) error {
	position, err := p.Store.Position(ctx)
	if err != nil {
		return err
	}
	p.stuck.Store(false) // until the next failure, which may be soon
	return p.Log.Read(ctx, position, types(), func(ctx context.Context, sequence uint64, e events.Event) error {
		return p.Store.Write(ctx, positionOf(sequence, e), func(w Writer) error { return p.write(ctx, w, e) })
	})
}

// Rebuild makes the view anew from everything that is in the log, and returns how many
// events that were.
func (p *Projector) Rebuild(ctx context.Context) (n int, err error) {
	err = p.Store.Rebuild(ctx, func(w Writer) (end bus.Position, err error) {
		last, err := p.Log.Last(ctx)
		if err != nil {
			return end, err
		}
		err = p.Log.ReadUntil(ctx, 0, last, types(), func(ctx context.Context, sequence uint64, e events.Event) error {
			n++
			end = positionOf(sequence, e)
			return p.write(ctx, w, e)
		})
		return end, err
	})
	if err != nil {
		return 0, fmt.Errorf("rebuild view: %w", err)
	}
	return n, nil
}

func positionOf(sequence uint64, e events.Event) bus.Position {
	return bus.Position{Sequence: sequence, EventID: e.ID}
}

// write leaves out an event that cannot be read: no other would be written any more.
func (p *Projector) write(ctx context.Context, w Writer, e events.Event) error {
	err := write(ctx, w, e)
	if errors.Is(err, errUnreadable) {
		p.Logger.ErrorContext(ctx, "event is left out of the view", slog.String("event_id", e.ID), slog.Any("error", err))
		return nil
	}
	return err
}

// errUnreadable is the outcome of an event that no retry can mend.
var errUnreadable = errors.New("view: unreadable event")

// read is events.Decode with errUnreadable.
func read[T any](e events.Event) (T, error) {
	data, err := events.Decode[T](e)
	if err != nil {
		return data, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return data, nil
}

// amount is money.New with errUnreadable.
func amount(m events.Money) (money.Money, error) {
	sum, err := money.New(m.Amount, m.Currency)
	if err != nil {
		return sum, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return sum, nil
}

// write is what each event means to the view.
func write(ctx context.Context, w Writer, e events.Event) error {
	switch e.Type {
	case events.UserRegisteredV1:
		return writeCustomer(ctx, w, e)
	case events.ProductChangedV1:
		return writeProduct(ctx, w, e)
	case events.OrderPlacedV1:
		return writeOrder(ctx, w, e)
	case events.OrderCompletedV1:
		completed, err := read[events.OrderCompleted](e)
		if err != nil {
			return err
		}
		return w.SetStatus(ctx, completed.OrderID, Completed, "", e.Time)
	case events.OrderCancelledV1:
		cancelled, err := read[events.OrderCancelled](e)
		if err != nil {
			return err
		}
		return w.SetStatus(ctx, cancelled.OrderID, Cancelled, cancelled.Reason, e.Time)
	}
	return nil
}

func writeCustomer(ctx context.Context, w Writer, e events.Event) error {
	registered, err := read[events.UserRegistered](e)
	if err != nil {
		return err
	}
	return w.PutCustomer(ctx, Customer{ID: registered.UserID, Name: registered.Name})
}

func writeProduct(ctx context.Context, w Writer, e events.Event) error {
	changed, err := read[events.ProductChanged](e)
	if err != nil {
		return err
	}
	price, err := amount(changed.Price)
	if err != nil {
		return err
	}
	p := Product{Version: changed.Version}
	p.ID, p.Name, p.Price = changed.ProductID, changed.Name, price
	return w.PutProduct(ctx, p)
}

func writeOrder(ctx context.Context, w Writer, e events.Event) error {
	placed, err := read[events.OrderPlaced](e)
	if err != nil {
		return err
	}
	total, err := amount(placed.Total)
	if err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(placed.Lines))
	for i, l := range placed.Lines {
		ids[i] = l.ProductID
	}
	names, err := w.ProductNames(ctx, ids)
	if err != nil {
		return err
	}
	o := Order{
		ID: placed.OrderID, CustomerID: placed.CustomerID, Total: total,
		Status: Pending, PlacedAt: placed.PlacedAt, UpdatedAt: placed.PlacedAt,
	}
	for _, l := range placed.Lines {
		o.Lines = append(o.Lines, Line{ProductID: l.ProductID, Product: names[l.ProductID], Quantity: l.Quantity})
	}
	return w.PutOrder(ctx, o)
}
