package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"example.com/app/events"
	"example.com/app/platform/telemetry"
)

// handleTime is how long a handler has for one event.
const handleTime = 20 * time.Second

// How a try ended, for the metrics.
const (
	done    = "done"
	retried = "retried"
	dead    = "dead"
)

// delivery is one message on its way to a consumer.
type delivery struct {
	jetstream.Msg
	consumer Consumer
	kind     string // the type of its event, as its subject has it
	sequence uint64
	try      int // 1 for the first
}

func newDelivery(c Consumer, msg jetstream.Msg) (delivery, error) {
	about, err := msg.Metadata()
	if err != nil {
		return delivery{}, fmt.Errorf("read metadata: %w", err)
	}
	return delivery{
		Msg:      msg,
		consumer: c,
		kind:     strings.TrimPrefix(strings.TrimPrefix(msg.Subject(), retryPrefix+c.Name+"."), eventPrefix),
		sequence: about.Sequence.Stream,
		try:      int(about.NumDelivered), //nolint:gosec // G115: a count of tries
	}, nil
}

// handle hands one message to the consumer and tells the server what became of it. Where
// the server does not hear of it, the message comes again.
func (b *Bus) handle(ctx context.Context, c Consumer, msg jetstream.Msg) {
	d, err := newDelivery(c, msg)
	if err != nil {
		b.options.Logger.ErrorContext(ctx, "message is not one of a stream", slog.Any("error", err))
		return
	}
	started := time.Now()
	e, err := unwrap(d.Data())
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrPermanent, err)
	}
	ctx, span := b.startSpan(ctx, c.Name, d.Subject(), e)
	defer span.End()
	if err == nil {
		err = b.try(ctx, d, e)
	}
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	outcome, err := b.settle(ctx, d, err)
	if err != nil {
		b.options.Logger.WarnContext(ctx, "event will come again", append(d.attrs(), slog.Any("error", err))...)
	}
	b.metrics.observe(d, outcome, time.Since(started))
}

// startSpan makes what is done about an event part of the trace that it belongs to.
func (b *Bus) startSpan(ctx context.Context, consumer, subject string, e events.Event) (context.Context, trace.Span) {
	return b.tracer.Start(telemetry.Extract(ctx, e.TraceParent), "process "+e.Type,
		trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(
			semconv.MessagingSystemKey.String("nats"),
			semconv.MessagingOperationTypeProcess,
			semconv.MessagingOperationName("process"),
			semconv.MessagingDestinationName(subject),
			semconv.MessagingConsumerGroupName(consumer),
			semconv.MessagingMessageID(e.ID),
		))
}

// try calls the handler, and makes an error of its panic.
func (b *Bus) try(ctx context.Context, d delivery, e events.Event) (err error) {
	if d.try > b.options.Tries { // nobody lived to tell how they ended
		return fmt.Errorf("%w: none of %d tries had an end", ErrPermanent, d.try-1)
	}
	ctx, cancel := context.WithTimeout(ctx, handleTime)
	defer cancel()
	defer b.hold(ctx, d)()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
			b.options.Logger.ErrorContext(ctx, "consumer panicked", append(d.attrs(),
				slog.Any("panic", cause), slog.String("stack", string(debug.Stack())))...)
		}
	}()
	return d.consumer.Handle(ctx, e)
}

// hold keeps the server from thinking that this process has died while it handles the
// message, until release is called.
func (b *Bus) hold(ctx context.Context, d delivery) (release func()) {
	ctx, stop := context.WithCancel(ctx)
	var beat sync.WaitGroup
	beat.Go(func() {
		tick := time.NewTicker(b.options.AckWait / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = d.InProgress() // the next beat may get through
			}
		}
	})
	return func() {
		stop()
		beat.Wait()
	}
}

// settle tells the server how a try ended.
func (b *Bus) settle(ctx context.Context, d delivery, err error) (outcome string, _ error) {
	log := b.options.Logger
	switch {
	case err == nil:
		return done, d.Ack()
	case d.try >= b.options.Tries, errors.Is(err, ErrPermanent):
		log.ErrorContext(ctx, "event is given up", append(d.attrs(), slog.Any("error", err))...)
		if err := b.bury(ctx, d, err); err != nil {
			return retried, err
		}
		return dead, nil
	default:
		log.WarnContext(ctx, "event is tried again", append(d.attrs(), slog.Any("error", err))...)
		return retried, d.NakWithDelay(b.delay(d.try))
	}
}

// delay doubles with each try.
func (b *Bus) delay(try int) time.Duration {
	delay := b.options.Delay
	for range try - 1 {
		if delay *= 2; delay >= b.options.MaxDelay {
			return b.options.MaxDelay
		}
	}
	return delay
}

func (d delivery) attrs() []any {
	return []any{
		slog.String("consumer", d.consumer.Name), slog.String("type", d.kind),
		slog.Uint64("sequence", d.sequence), slog.Int("try", d.try),
	}
}
