// Package events is what the services tell each other. It is the only thing that all of
// them know, and holds data alone: what to do about an event is up to whoever gets it.
//
// A type that was published once never changes its meaning, as old events stay in the
// log. A field may be added; anything else is a new version: order.placed.v2.
package events

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Event is an envelope of CloudEvents 1.0 in its JSON format:
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
type Event struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`     // the same when the event comes twice
	Source      string    `json:"source"` // the service that tells it
	Type        string    `json:"type"`   // with its version: order.placed.v1
	Subject     string    `json:"subject"`
	Time        time.Time `json:"time"`
	// TraceParent is the trace that the event belongs to, as in the extension for
	// distributed tracing.
	TraceParent     string          `json:"traceparent,omitempty"`
	DataContentType string          `json:"datacontenttype"`
	Data            json.RawMessage `json:"data"`
}

// New returns an event about the thing whose id is subject.
func New(source, eventType string, subject uuid.UUID, now time.Time, data any) (Event, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Event{}, fmt.Errorf("make event id: %w", err)
	}
	encoded, err := json.Marshal(data)
	if err != nil {
		return Event{}, fmt.Errorf("encode %s: %w", eventType, err)
	}
	return Event{
		SpecVersion: "1.0", ID: id.String(), Source: source, Type: eventType, Subject: subject.String(),
		Time: now.UTC(), DataContentType: "application/json", Data: encoded,
	}, nil
}

// Decode returns what the event says. It reads past fields that it does not know, which
// a newer version of the sender may have added.
func Decode[T any](e Event) (T, error) {
	var data T
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return data, fmt.Errorf("decode %s %s: %w", e.Type, e.ID, err)
	}
	return data, nil
}
