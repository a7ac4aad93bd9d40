// Package bus brings events from one service to the others, over NATS JetStream. An event
// that was published reaches each of its consumers at least once, whoever crashes or is
// away meanwhile; what a consumer cannot handle is kept as a dead letter.
package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"example.com/app/internal/outage"
)

// The streams. Nothing in them has an end: the log is also what read models are made
// from, and a dead letter waits for somebody to look at it.
const (
	logStream  = "SHOP"
	deadStream = "DEAD"
)

// The subjects: shop.<type>, retry.<consumer>.<type> and dead.<consumer>.<type>.
const (
	eventPrefix = "shop."
	retryPrefix = "retry."
	deadPrefix  = "dead."
)

const (
	// duplicateWindow is how long the server drops what it has stored under the same id.
	duplicateWindow = 10 * time.Minute
	// maxMessage is what a message may have at most. It leaves a dead letter, which says
	// more, room below the limit of the server: 1 MiB.
	maxMessage = 768 << 10
	// replyTime is how long the server may take for one answer.
	replyTime = 5 * time.Second
	// retryTime is how long a consumer or reader waits that cannot reach the server.
	retryTime = 500 * time.Millisecond
)

// Options says how to use the bus. Name and Logger are required.
type Options struct {
	Name           string // of the program, for the server's lists
	Replicas       int    // servers that keep each message, where the streams are yet to be made; 0: 1
	Logger         *slog.Logger
	TracerProvider trace.TracerProvider // nil: no spans

	// Tries is how often a consumer is handed an event until it becomes a dead letter.
	// Between them passes Delay at first, and twice as long each time, but MaxDelay at
	// most. 0: 20, 100 ms, 30 s, which is six minutes in all.
	Tries           int
	Delay, MaxDelay time.Duration
	// AckWait is how soon an event goes to another process when the one that has it in
	// hand died; 0: 10 s.
	AckWait time.Duration
}

// Bus is a connection to the bus. All of its methods may be called at the same time.
type Bus struct {
	options Options
	conn    *nats.Conn
	js      jetstream.JetStream
	tracer  trace.Tracer
	metrics *metrics
	closed  chan struct{}
}

// Connect returns a bus at a URL such as nats://host:4222, or several, with commas between
// them. It never waits for the server: while that is away, Publish fails and consumers
// wait.
func Connect(url string, o Options) (*Bus, error) {
	o.Replicas = cmp.Or(o.Replicas, 1)
	o.Tries = cmp.Or(o.Tries, 20)
	o.Delay, o.MaxDelay = cmp.Or(o.Delay, 100*time.Millisecond), cmp.Or(o.MaxDelay, 30*time.Second)
	o.AckWait = cmp.Or(o.AckWait, 10*time.Second)
	if o.TracerProvider == nil {
		o.TracerProvider = noop.NewTracerProvider()
	}
	b := &Bus{
		options: o,
		tracer:  o.TracerProvider.Tracer("bus"),
		metrics: newMetrics(),
		closed:  make(chan struct{}),
	}
	var err error
	if b.conn, err = nats.Connect(url, b.connectOptions()...); err != nil {
		// The library's error may quote the URL, password and all.
		return nil, errors.New("bus: the URL must be like nats://host:4222")
	}
	if b.js, err = jetstream.New(b.conn, jetstream.WithDefaultTimeout(replyTime)); err != nil {
		b.conn.Close()
		return nil, fmt.Errorf("open JetStream: %w", err)
	}
	return b, nil
}

func (b *Bus) connectOptions() []nats.Option {
	log := b.options.Logger
	return []nats.Option{
		nats.Name(b.options.Name),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectWait(250 * time.Millisecond),
		// What cannot be sent fails now. It would otherwise be sent some time after its
		// sender has given up on it.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(10 * time.Second), // notices a server that vanished without a word
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("bus is away", slog.Any("error", err))
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("bus is back") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Warn("bus reports an error", slog.Any("error", err))
		}),
		nats.ClosedHandler(func(*nats.Conn) { close(b.closed) }),
		nats.DrainTimeout(replyTime),
	}
}

// Close sends what is on its way, such as the last acknowledgements, and ends the
// connection. Consume and Read must have ended.
func (b *Bus) Close() error {
	err := b.conn.Drain()
	if err != nil && !errors.Is(err, nats.ErrConnectionReconnecting) { // away: there is nothing to drain
		b.conn.Close()
		return fmt.Errorf("close bus: %w", err)
	}
	<-b.closed
	return nil
}

// makeStreams makes the streams that are not there. Several programs may do so at the
// same time.
func (b *Bus) makeStreams(ctx context.Context) error {
	for _, config := range []jetstream.StreamConfig{
		{Name: logStream, Subjects: []string{eventPrefix + ">", retryPrefix + ">"}, MaxMsgSize: maxMessage},
		{Name: deadStream, Subjects: []string{deadPrefix + ">"}},
	} {
		config.Storage = jetstream.FileStorage
		config.Retention = jetstream.LimitsPolicy // and there are no limits
		config.Replicas = b.options.Replicas
		config.Duplicates = duplicateWindow
		_, err := b.js.Stream(ctx, config.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			_, err = b.js.CreateStream(ctx, config)
		}
		if err != nil {
			return fmt.Errorf("make stream %s: %w", config.Name, err)
		}
	}
	return nil
}

// cause makes outage.ErrUnavailable of an error that means no answer, unless it was the
// caller who left. An error that is an answer stays what it is.
func cause(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	answer, ok := errors.AsType[jetstream.JetStreamError](err)
	switch {
	case ok && answer.APIError() != nil && answer.APIError().Code < 500,
		errors.Is(err, nats.ErrMaxPayload), errors.Is(err, nats.ErrBadSubject):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %s", ctx.Err(), err.Error())
	default:
		return fmt.Errorf("%w: %s", outage.ErrUnavailable, err.Error())
	}
}
