package bus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/platform/bus/bustest"
	"example.com/app/platform/telemetry"
)

func TestConsume(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	first, other, second := newEvent(t, placed), newEvent(t, "order.completed.v1"), newEvent(t, reserve)
	publish(t, b, first, other) // before anybody consumes
	handed := make(chan events.Event, 10)
	hand := func(_ context.Context, e events.Event) error {
		handed <- e
		return nil
	}
	end := consume(t, b, bus.Consumer{Name: "stock", Handlers: bus.Handlers{placed: hand, reserve: hand}})
	wantEvent(t, handed, first)
	publish(t, b, second)
	wantEvent(t, handed, second)
	wantStats(t, b, "stock", bus.Stats{})

	end()
	third := newEvent(t, placed)
	publish(t, b, third)
	wantStats(t, b, "stock", bus.Stats{Waiting: 1})
	if len(handed) > 0 {
		t.Errorf("handed out %+v after Consume ended", <-handed)
	}
}

// TestMoreTypes has a consumer learn a type while both versions of its service run. The
// old one, which does not know what to do about it, leaves it to the new one. That stays so
// when the old one begins anew, as after a connection that was lost.
func TestMoreTypes(t *testing.T) {
	t.Parallel()
	server := bustest.Server(t)
	var previous, next *bus.Bus
	for _, b := range []**bus.Bus{&previous, &next} {
		*b = bustest.ConnectTo(t, server.URL(), func(o *bus.Options) { o.Tries = 50 })
	}
	handed := make(chan events.Event, 100)
	hand := func(_ context.Context, e events.Event) error {
		handed <- e
		return nil
	}
	before := bus.Consumer{Name: "stock", Handlers: bus.Handlers{placed: func(_ context.Context, e events.Event) error {
		if e.Type != placed {
			t.Errorf("the old version is to handle %s", e.Type)
		}
		return hand(t.Context(), e)
	}}}
	after := bus.Consumer{Name: "stock", Handlers: bus.Handlers{placed: hand, reserve: hand}}
	end := consume(t, previous, before)
	missed, first := newEvent(t, reserve), newEvent(t, placed)
	publish(t, previous, missed, first)
	wantEvent(t, handed, first)
	wantStats(t, previous, "stock", bus.Stats{})

	endNext := consume(t, next, after)
	js, err := jetstream.New(raw(t, server.URL()))
	if err != nil {
		t.Fatal(err)
	}
	await(t, "the new version is there", func() bool {
		shared, err := js.Consumer(t.Context(), "SHOP", "stock")
		return err == nil && slices.Contains(shared.CachedInfo().Config.FilterSubjects, "shop."+reserve)
	})
	for range 20 { // both are handed some
		e := newEvent(t, reserve)
		publish(t, next, e)
		wantEvent(t, handed, e)
	}
	wantStats(t, next, "stock", bus.Stats{})

	end()
	endNext()
	consume(t, previous, before)
	last, second := newEvent(t, reserve), newEvent(t, placed)
	publish(t, previous, last, second)
	wantEvent(t, handed, second)
	consume(t, next, after)
	wantEvent(t, handed, last)
	wantStats(t, next, "stock", bus.Stats{})
	if len(handed) > 0 {
		t.Errorf("handed out %+v again", <-handed)
	}
}

func TestTries(t *testing.T) {
	t.Parallel()
	fails := errors.New("out of paper")
	tests := []struct {
		name  string
		err   error
		times int
		want  int // calls of the handler
		dead  bool
	}{
		{"succeeds at last", fails, 3, 4, false},
		{"never succeeds", fails, 100, 5, true},
		{"cannot succeed", fmt.Errorf("%w: %w", bus.ErrPermanent, fails), 100, 1, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := bustest.Connect(t)
			var calls atomic.Int64
			e := newEvent(t, placed)
			publish(t, b, e)
			consume(t, b, bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(context.Context, events.Event) error {
				if calls.Add(1) <= int64(test.times) {
					return test.err
				}
				return nil
			}}})
			await(t, "the last try", func() bool { return calls.Load() >= int64(test.want) })
			if !test.dead {
				wantStats(t, b, "notices", bus.Stats{})
			} else {
				wantStats(t, b, "notices", bus.Stats{Dead: 1})
				letters, err := b.Dead(t.Context(), "notices")
				if err != nil || len(letters) != 1 {
					t.Fatalf("Dead() = %+v, %v, want one letter", letters, err)
				}
				got := letters[0]
				if got.Consumer != "notices" || got.Event.ID != e.ID || got.Reason != test.err.Error() || got.Tries != test.want || time.Since(got.DiedAt) > time.Minute {
					t.Errorf("Dead() = %+v, want event %s of notices after %d tries: %v", got, e.ID, test.want, test.err)
				}
			}
			if got := calls.Load(); got != int64(test.want) {
				t.Errorf("the handler was called %d times, want %d", got, test.want)
			}
		})
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	var log lines
	b := bustest.ConnectTo(t, bustest.Server(t).URL(), func(o *bus.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	handed := make(chan events.Event, 10)
	var calls atomic.Int64
	consume(t, b, bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(_ context.Context, e events.Event) error {
		if calls.Add(1) == 1 {
			panic("out of paper")
		}
		handed <- e
		return nil
	}}})
	e := newEvent(t, placed)
	publish(t, b, e)
	wantEvent(t, handed, e)
	if !log.contains("out of paper") || !log.contains("consume_test.go") {
		t.Errorf("log = %s, want the panic and its stack", &log)
	}
}

func TestConsumeWaits(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	begun, finish := make(chan context.Context), make(chan struct{})
	end := consume(t, b, bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(ctx context.Context, _ events.Event) error {
		begun <- ctx
		<-finish
		return ctx.Err()
	}}})
	publish(t, b, newEvent(t, placed))
	<-begun
	ended := make(chan struct{})
	go func() {
		end()
		close(ended)
	}()
	select {
	case <-ended:
		t.Error("Consume() ended before its handler")
	case <-time.After(100 * time.Millisecond):
	}
	close(finish)
	<-ended
	wantStats(t, b, "notices", bus.Stats{})
}

// TestSlow has a handler that takes longer than the server waits for a dead process.
func TestSlow(t *testing.T) {
	t.Parallel()
	const ackWait = 300 * time.Millisecond
	b := bustest.ConnectTo(t, bustest.Server(t).URL(), func(o *bus.Options) { o.AckWait = ackWait })
	var calls atomic.Int64
	done := make(chan struct{}, 10)
	consume(t, b, bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(context.Context, events.Event) error {
		calls.Add(1)
		<-time.After(3 * ackWait)
		done <- struct{}{}
		return nil
	}}})
	publish(t, b, newEvent(t, placed))
	<-done
	wantStats(t, b, "notices", bus.Stats{})
	if got := calls.Load(); got != 1 {
		t.Errorf("handed out %d times, want once", got)
	}
}

// TestPoison has an event that ends each process before that can say so.
func TestPoison(t *testing.T) {
	t.Parallel()
	server := bustest.Server(t)
	change := func(o *bus.Options) { o.AckWait, o.Tries = 200*time.Millisecond, 2 }
	b := bustest.ConnectTo(t, server.URL(), change)
	consumer := bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(context.Context, events.Event) error {
		t.Error("handed out again")
		return nil
	}}}
	end := consume(t, b, consumer)
	wantStats(t, b, "notices", bus.Stats{}) // the server knows it now
	end()
	publish(t, b, newEvent(t, placed))
	js, err := jetstream.New(raw(t, server.URL()))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		await(t, "a process has it in hand", func() bool {
			dying, err := js.Consumer(t.Context(), "SHOP", "notices")
			if err != nil {
				return false
			}
			_, err = dying.Next(jetstream.FetchMaxWait(patience))
			return err == nil
		})
	}
	consume(t, b, consumer)
	wantStats(t, b, "notices", bus.Stats{Dead: 1})
}

func TestShare(t *testing.T) {
	t.Parallel()
	const n = 200
	server := bustest.Server(t)
	var mu sync.Mutex
	seen := make(map[string]int)
	var each [2]atomic.Int64
	both := make(chan struct{})
	for i := range each {
		b := bustest.ConnectTo(t, server.URL())
		consume(t, b, bus.Consumer{Name: "notices", Concurrency: 4, Handlers: bus.Handlers{placed: func(_ context.Context, e events.Event) error {
			if each[i].Add(1) == 1 && each[1-i].Load() > 0 {
				close(both)
			}
			<-both // until each of them has one
			mu.Lock()
			defer mu.Unlock()
			seen[e.ID]++
			return nil
		}}})
	}
	b := bustest.ConnectTo(t, server.URL())
	for range n {
		publish(t, b, newEvent(t, placed))
	}
	await(t, "all events are handled", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(seen) == n
	})
	wantStats(t, b, "notices", bus.Stats{})
	mu.Lock()
	defer mu.Unlock()
	for id, times := range seen {
		if times != 1 {
			t.Errorf("event %s was handled %d times, want once", id, times)
		}
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	b := bustest.ConnectTo(t, bustest.Server(t).URL(), func(o *bus.Options) { o.TracerProvider = provider })
	ctx, parent := provider.Tracer("test").Start(t.Context(), "POST /v1/orders")
	e := newEvent(t, placed)
	e.TraceParent = telemetry.Inject(ctx)
	parent.End()

	traces := make(chan string, 10)
	note := func(ctx context.Context) error {
		traces <- telemetry.TraceID(ctx)
		return nil
	}
	consume(t, b, bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(ctx context.Context, _ events.Event) error { return note(ctx) }}})
	publish(t, b, e)
	want := parent.SpanContext().TraceID().String()
	if got := <-traces; got != want {
		t.Errorf("the handler has trace %s, want %s", got, want)
	}
	stop := errors.New("enough")
	err := b.Read(t.Context(), bus.Position{}, []string{placed}, func(ctx context.Context, _ uint64, _ events.Event) error {
		return errors.Join(note(ctx), stop)
	})
	if got := <-traces; got != want || !errors.Is(err, stop) {
		t.Errorf("the reader has trace %s, want %s; Read() = error %v, want %v", got, want, err, stop)
	}
	await(t, "3 spans ended", func() bool { return len(recorder.Ended()) == 3 })
	for _, span := range recorder.Ended()[1:] {
		if span.Name() != "process "+placed || span.Parent().SpanID() != parent.SpanContext().SpanID() {
			t.Errorf("span %q has the parent %s, want process %s below %s", span.Name(), span.Parent().SpanID(), placed, parent.SpanContext().SpanID())
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(b.Collectors()...)
	publish(t, b, newEvent(t, placed), newEvent(t, placed))
	var calls atomic.Int64
	consume(t, b, bus.Consumer{Name: "notices", Handlers: bus.Handlers{placed: func(context.Context, events.Event) error {
		if calls.Add(1) == 1 {
			return bus.ErrPermanent
		}
		return nil
	}}})
	wantStats(t, b, "notices", bus.Stats{Dead: 1})
	want := map[string]float64{
		"bus_published_total": 2, "bus_messages_handled_total": 2, "bus_handle_duration_seconds": 2,
		"bus_pending": 0, "bus_in_hand": 0, "bus_dead_letters": 1,
	}
	await(t, fmt.Sprintf("metrics are %v", want), func() bool {
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		matched := 0
		for _, family := range families {
			sum := 0.0
			for _, m := range family.Metric {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
			if sum == want[family.GetName()] {
				matched++
			}
		}
		return matched == len(want) && len(families) == len(want)
	})
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) contains(text string) bool { return bytes.Contains([]byte(l.String()), []byte(text)) }
