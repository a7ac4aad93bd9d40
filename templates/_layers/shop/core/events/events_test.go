package events_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/events"
	"example.com/app/events/eventstest"
)

// again decodes an event and encodes it again.
func again[T any](e events.Event) (json.RawMessage, error) {
	data, err := events.Decode[T](e)
	if err != nil {
		return nil, err
	}
	return json.Marshal(data)
}

// schema is the Go type of every event.
func schema() map[string]func(events.Event) (json.RawMessage, error) {
	return map[string]func(events.Event) (json.RawMessage, error){
		events.UserRegisteredV1: again[events.UserRegistered],
		events.ProductChangedV1: again[events.ProductChanged],
		events.OrderPlacedV1:    again[events.OrderPlaced],
		events.OrderCompletedV1: again[events.OrderCompleted],
		events.OrderCancelledV1: again[events.OrderCancelled],
		events.ReserveStockV1:   again[events.ReserveStock],
		events.ConfirmStockV1:   again[events.ConfirmStock],
		events.ReleaseStockV1:   again[events.ReleaseStock],
		events.StockReservedV1:  again[events.StockReserved],
		events.StockRefusedV1:   again[events.StockRefused],
		events.StockConfirmedV1: again[events.StockConfirmed],
		events.StockReleasedV1:  again[events.StockReleased],
		events.TakePaymentV1:    again[events.TakePayment],
		events.RefundPaymentV1:  again[events.RefundPayment],
	}
}

// TestContractOldEvents: what an old event says is still understood, all of it.
func TestContractOldEvents(t *testing.T) {
	t.Parallel()
	for _, eventType := range eventstest.Types(t) {
		t.Run(eventType, func(t *testing.T) {
			t.Parallel()
			decode, known := schema()[eventType]
			if !known {
				t.Fatal("nobody can read it any more, and it is in the log for ever")
			}
			old := eventstest.Sample(t, eventType)
			if old.Type != eventType {
				t.Fatalf("the sample is one of %s", old.Type)
			}
			encoded, err := decode(old)
			if err != nil {
				t.Fatal(err)
			}
			var want, got map[string]any
			if err := json.Unmarshal(old.Data, &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(encoded, &got); err != nil {
				t.Fatal(err)
			}
			for name, value := range want {
				if !reflect.DeepEqual(got[name], value) {
					t.Errorf("%s = %v, want %v", name, got[name], value)
				}
			}
		})
	}
}

// Every type that there is a constant for has a sample, and a name with a version.
func TestContractEveryTypeHasASample(t *testing.T) {
	t.Parallel()
	all := eventstest.Types(t)
	name := regexp.MustCompile(`^[a-z]+\.[a-z]+\.v[0-9]+$`)
	constants := typeConstants(t)
	for _, eventType := range constants {
		if !name.MatchString(eventType) {
			t.Errorf("%s is no name with a version", eventType)
		}
		if !slices.Contains(all, eventType) {
			t.Errorf("%s has no sample", eventType)
		}
	}
	if len(constants) != len(all) || len(constants) != len(schema()) {
		t.Errorf("%d types, %d samples, %d in the schema", len(constants), len(all), len(schema()))
	}
}

// typeConstants reads the constants of the package whose names end with a version.
func typeConstants(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !regexp.MustCompile(`V[0-9]+$`).MatchString(spec.Names[0].Name) {
				return true
			}
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, value)
			}
			return true
		})
	}
	return all
}

// A reader of today does not mind what a writer of tomorrow adds.
func TestContractNewFieldsAreReadPast(t *testing.T) {
	t.Parallel()
	e := events.Event{Type: events.UserRegisteredV1, Data: json.RawMessage(`{"user_id":"0195f3a0-0000-7000-8000-00000000000c","name":"Sari","language":"id"}`)}
	got, err := events.Decode[events.UserRegistered](e)
	if err != nil || got.Name != "Sari" {
		t.Errorf("Decode = %+v, %v, want Sari", got, err)
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	subject, now := uuid.New(), time.Date(2026, 1, 5, 10, 4, 5, 0, time.FixedZone("WIB", 7*60*60))
	e, err := events.New("user", events.UserRegisteredV1, subject, now, events.UserRegistered{UserID: subject, Name: "Sari"})
	if err != nil {
		t.Fatal(err)
	}
	if e.Subject != subject.String() || !e.Time.Equal(now) || e.Time.Location() != time.UTC {
		t.Errorf("New = %+v, want it about %s at %s in UTC", e, subject, now)
	}
	other, err := events.New("user", events.UserRegisteredV1, subject, now, nil)
	if err != nil || other.ID == e.ID || e.ID == "" {
		t.Errorf("ids %q and %q (%v), want two", e.ID, other.ID, err)
	}
	if _, err := events.New("user", events.UserRegisteredV1, subject, now, func() {}); err == nil {
		t.Error("New succeeds with data that cannot be encoded")
	}
}

func TestDecodeNamesTheEvent(t *testing.T) {
	t.Parallel()
	e := events.Event{ID: "7", Type: events.UserRegisteredV1, Data: json.RawMessage(`{"user_id":7}`)}
	if _, err := events.Decode[events.UserRegistered](e); err == nil || !strings.Contains(err.Error(), "user.registered.v1 7") {
		t.Errorf("Decode = %v, want an error that names the event", err)
	}
}
