package queue

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	amqp "github.com/rabbitmq/amqp091-go"

	"example.com/app/internal/job"
)

// Headers of our messages.
const (
	triesHeader  = "tries"   // how many have failed
	reasonHeader = "reason"  // why the last of them did
	diedHeader   = "died_at" // when the job was given up, to the second
)

// Headers that RabbitMQ adds.
const (
	failedHeader   = "x-delivery-count" // how often the message's consumer vanished
	acquiredHeader = "x-acquired-count" // how often it was handed out before; since RabbitMQ 4.3
	movesHeader    = "x-death"          // from where it moved the message, the last place first
)

// errVanished is why a job dies that ends its consumers, again and again.
var errVanished = errors.New("queue: consumer vanished at each try")

// reasonSize is as much of an error as a message carries. All headers must fit into
// one frame of 128 KiB.
const reasonSize = 8 << 10

// decode returns the job of a message, with its try, which counts even if there is an
// error.
func decode(delivery amqp.Delivery) (job.Job, error) {
	var j job.Job
	err := json.Unmarshal(delivery.Body, &j)
	j.CreatedAt = j.CreatedAt.UTC()
	vanished := max(count(delivery.Headers, failedHeader), count(delivery.Headers, acquiredHeader))
	j.Try = count(delivery.Headers, triesHeader) + vanished + 1
	if err != nil {
		return j, fmt.Errorf("decode job: %w", err)
	}
	return j, nil
}

func count(headers amqp.Table, name string) int {
	switch n := headers[name].(type) {
	case int64:
		return int(n)
	case int32:
		return int(n)
	default:
		return 0
	}
}

// failed returns the message that takes the place of one whose try ended with err.
func (t topology) failed(group string, delivery amqp.Delivery, try int, err error) message {
	reason := err.Error()
	reason = strings.ToValidUTF8(reason[:min(len(reason), reasonSize)], "")
	headers := amqp.Table{triesHeader: int64(try), reasonHeader: reason}
	content := persistent(delivery.MessageId, delivery.Type, delivery.Body, headers)
	if try >= t.retries.Tries || errors.Is(err, job.ErrHopeless) {
		headers[diedHeader] = time.Now()
		return message{queue: t.dead(group), content: content}
	}
	wait := t.retries.Wait(try, rand.Float64()) //nolint:gosec // G404: when a job is tried again is no secret
	content.Expiration = strconv.FormatInt(wait.Milliseconds(), 10)
	return message{queue: t.wait(group, try), content: content}
}

// decodeDead returns the job of a message among the dead. Of one that nobody can read,
// it knows what is written on the outside.
func decodeDead(delivery amqp.Delivery) job.Dead {
	j, err := decode(delivery)
	if err != nil {
		id, _ := uuid.Parse(delivery.MessageId)
		j = job.Job{ID: id, Kind: delivery.Type}
	}
	dead := job.Dead{Job: j, Tries: count(delivery.Headers, triesHeader)}
	dead.Try = 0
	dead.Reason, _ = delivery.Headers[reasonHeader].(string)
	died, ours := delivery.Headers[diedHeader].(time.Time)
	if !ours {
		// RabbitMQ itself has put it there.
		died = deadLettered(delivery.Headers)
		dead.Tries += deliveryLimit + 1
		dead.Reason = errVanished.Error()
	}
	dead.DiedAt = died.UTC()
	return dead
}

// deadLettered returns when RabbitMQ moved a message to where it is.
func deadLettered(headers amqp.Table) time.Time {
	if moves, ok := headers[movesHeader].([]any); ok && len(moves) > 0 {
		if last, ok := moves[0].(amqp.Table); ok {
			at, _ := last["time"].(time.Time)
			return at
		}
	}
	return time.Time{}
}
