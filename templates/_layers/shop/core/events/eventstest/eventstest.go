// Package eventstest has a sample of every event that was ever published. Who tells an
// event tells one like its sample, and who listens understands the sample: so the two
// understand each other, and neither has to start the other to find out.
//
// A sample is never changed once its event was published. A field that is added later goes
// into a sample of its own.
package eventstest

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"example.com/app/events"
)

//go:embed samples/*.json
var samples embed.FS

// Types returns the types of all samples.
func Types(t *testing.T) []string {
	t.Helper()
	entries, err := samples.ReadDir("samples")
	if err != nil {
		t.Fatal(err)
	}
	types := make([]string, len(entries))
	for i, e := range entries {
		types[i] = strings.TrimSuffix(e.Name(), ".json")
	}
	return types
}

// Sample returns the sample of a type.
func Sample(t *testing.T, eventType string) events.Event {
	t.Helper()
	encoded, err := samples.ReadFile(path.Join("samples", eventType+".json"))
	if err != nil {
		t.Fatalf("there is no sample of %s", eventType)
	}
	var e events.Event
	if err := json.Unmarshal(encoded, &e); err != nil {
		t.Fatalf("sample of %s: %v", eventType, err)
	}
	return e
}

// WantLike fails the test unless each of the events is like its sample: everything that
// the sample says is said, in the same kind of value.
func WantLike(t *testing.T, told ...events.Event) {
	t.Helper()
	for _, e := range told {
		want := Sample(t, e.Type)
		if e.SpecVersion != want.SpecVersion || e.Source != want.Source || e.DataContentType != want.DataContentType || e.ID == "" || e.Subject == "" || e.Time.IsZero() {
			t.Errorf("envelope of %s = %+v, want one like %+v", e.Type, e, want)
		}
		if differences := compare("data", decode(t, want.Data), decode(t, e.Data)); len(differences) > 0 {
			t.Errorf("%s is not like its sample:\n%s", e.Type, strings.Join(differences, "\n"))
		}
	}
}

// WantTypes fails the test unless the events are of just these types, in any order.
func WantTypes(t *testing.T, told []events.Event, types ...string) {
	t.Helper()
	seen := make(map[string]bool)
	for _, e := range told {
		seen[e.Type] = true
	}
	if got, want := slices.Sorted(maps.Keys(seen)), slices.Sorted(slices.Values(types)); !slices.Equal(got, want) {
		t.Errorf("types told = %q, want %q", got, want)
	}
}

func decode(t *testing.T, encoded []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(encoded, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// compare says where got lacks something that want has, or has it as another kind of value.
func compare(at string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, want an object", at, got)}
		}
		var all []string
		for _, name := range slices.Sorted(maps.Keys(want)) {
			value, there := object[name]
			if !there {
				all = append(all, fmt.Sprintf("%s.%s is missing", at, name))
				continue
			}
			all = append(all, compare(at+"."+name, want[name], value)...)
		}
		return all
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) == 0 {
			return []string{fmt.Sprintf("%s is %v, want a list of something", at, got)}
		}
		var all []string
		for i, item := range list {
			all = append(all, compare(fmt.Sprintf("%s[%d]", at, i), want[0], item)...)
		}
		return all
	default:
		if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
			return []string{fmt.Sprintf("%s is %v, want something like %v", at, got, want)}
		}
		return nil
	}
}
