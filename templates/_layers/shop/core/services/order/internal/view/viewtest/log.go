package viewtest

import (
	"context"
	"slices"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/services/order/internal/view"
)

// Log is a log in memory. The first event has the sequence number 1.
type Log struct {
	Events []events.Event
	// End is called by Read when there are no more events.
	End func()
	// Err, if any, is what all methods return instead of event number ErrAt.
	Err   error
	ErrAt uint64
}

var _ view.Log = (*Log)(nil)

// Read implements view.Log.
func (l *Log) Read(ctx context.Context, after bus.Position, types []string, handle func(ctx context.Context, sequence uint64, e events.Event) error) error {
	if err := l.ReadUntil(ctx, after.Sequence, uint64(len(l.Events)), types, handle); err != nil {
		return err
	}
	if l.End != nil {
		l.End()
	}
	<-ctx.Done()
	return ctx.Err()
}

// ReadUntil implements view.Log.
func (l *Log) ReadUntil(ctx context.Context, after, until uint64, types []string, handle func(ctx context.Context, sequence uint64, e events.Event) error) error {
	for sequence := after + 1; sequence <= until; sequence++ {
		if l.Err != nil && l.ErrAt == sequence {
			return l.Err
		}
		e := l.Events[sequence-1]
		if !slices.Contains(types, e.Type) {
			continue
		}
		if err := handle(ctx, sequence, e); err != nil {
			return err
		}
	}
	return nil
}

// Last implements view.Log.
func (l *Log) Last(context.Context) (uint64, error) {
	if l.Err != nil && l.ErrAt == 0 {
		return 0, l.Err
	}
	return uint64(len(l.Events)), nil
}
