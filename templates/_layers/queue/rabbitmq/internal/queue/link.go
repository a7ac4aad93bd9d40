package queue

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// dialTime is how long it may take until RabbitMQ takes a connection.
const dialTime = 3 * time.Second

// link is a connection to a RabbitMQ that has the topology.
type link struct {
	socket     net.Conn
	connection *amqp.Connection
	sender     *sender
}

// connect returns a link, which must be closed.
func connect(ctx context.Context, url string, t topology) (*link, error) {
	l := &link{}
	dialer := net.Dialer{Timeout: dialTime}
	dial := func(network, addr string) (net.Conn, error) {
		socket, err := dialer.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		l.socket = socket
		// Until the library, which knows no context, has greeted the server and
		// takes the deadline away.
		return socket, socket.SetDeadline(time.Now().Add(dialTime))
	}
	connection, err := amqp.DialConfig(url, amqp.Config{Dial: dial})
	if err != nil {
		l.abort()
		return nil, fmt.Errorf("connect: %w", err)
	}
	l.connection = connection

	stop := context.AfterFunc(ctx, l.abort)
	err = l.prepare(t)
	if !stop() {
		err = errors.Join(ctx.Err(), err)
	}
	if err != nil {
		l.abort()
		return nil, err
	}
	return l, nil
}

func (l *link) prepare(t topology) error {
	err := l.onChannel(t.declare)
	if err != nil {
		return err
	}
	l.sender, err = newSender(l.connection)
	return err
}

// onChannel lets f use a channel, which ends afterwards. Messages that f got and
// neither acknowledged nor rejected go back to their queue. When a channel ends,
// RabbitMQ returns them, too, but only after it has confirmed the end.
func (l *link) onChannel(f func(*amqp.Channel) error) error {
	channel, err := l.connection.Channel()
	if err != nil {
		return fmt.Errorf("open channel: %w", err)
	}
	if err = f(channel); err == nil {
		const all = 0
		err = channel.Nack(all, true, true)
	}
	if closeErr := channel.Close(); err == nil && closeErr != nil {
		return fmt.Errorf("close channel: %w", closeErr)
	}
	return err
}

// close takes leave of RabbitMQ.
func (l *link) close() error {
	defer l.abort()
	err := l.connection.CloseDeadline(time.Now().Add(dialTime))
	if errors.Is(err, amqp.ErrClosed) {
		return nil
	}
	return err
}

// abort ends the connection without a word. Calls that wait for RabbitMQ return.
func (l *link) abort() {
	if l.socket != nil {
		_ = l.socket.Close()
	}
}
