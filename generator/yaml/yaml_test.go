package yaml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/generator/yaml"
)

func TestDecodeIsStrict(t *testing.T) {
	tests := []struct{ name, give, want string }{
		{"unknown key", "a: 1\nb: 2\n", "line 2: field b not found"},
		{"key twice", "a: 1\na: 2\n", `mapping key "a" already defined at line 1`},
		{"wrong kind", "a: [1]\n", "line 1: cannot unmarshal"},
		{"two documents", "a: 1\n---\na: 2\n", "more than one document"},
		{"empty", "", "the file is empty"},
		{"not YAML", "a: [", "line 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v struct{ A int }
			err := yaml.Decode([]byte(tt.give), &v)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Decode(%q) = %v, want an error with %q", tt.give, err, tt.want)
			}
		})
	}
}

func TestDecodeLoose(t *testing.T) {
	var v struct {
		A int
		M yaml.Map[[]any]
	}
	if err := yaml.DecodeLoose([]byte("a: 1\nb: 2\nm: {z: [1], on: [x, 1.5]}\n"), &v); err != nil {
		t.Fatalf("DecodeLoose() = %v", err)
	}
	want := yaml.Map[[]any]{{Key: "z", Value: []any{1}}, {Key: "on", Value: []any{"x", 1.5}}}
	if diff := cmp.Diff(want, v.M); diff != "" || v.A != 1 {
		t.Errorf("DecodeLoose() gives a = %d, and m differs (-want +got):\n%s", v.A, diff)
	}
	for give, want := range map[string]string{
		"a: 1\n---\na: 2\n":    "more than one document",
		"":                     "the file is empty",
		"a: 1\na: 2\n":         `mapping key "a" already defined at line 1`,
		"m: [1]\n":             "line 1: want a mapping",
		"m:\n  z: []\n  z: []": "line 3: z is there twice",
		"m: {z: 1}\n":          "line 1: cannot unmarshal",
	} {
		if err := yaml.DecodeLoose([]byte(give), &v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("DecodeLoose(%q) = %v, want an error with %q", give, err, want)
		}
	}
}

func TestEntries(t *testing.T) {
	got, err := yaml.Entries([]byte("# head\nphase: 1\n\nname: \"a: b\" # why\nowner:\nlang: null\n"))
	if err != nil {
		t.Fatalf("Entries() = %v", err)
	}
	want := []yaml.Entry{{Key: "phase", Value: "1", Line: 2}, {Key: "name", Value: "a: b", Line: 4}, {Key: "owner", Line: 5}, {Key: "lang", Line: 6}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Entries() differs (-want +got):\n%s", diff)
	}
}

func TestEntriesRefuses(t *testing.T) {
	for give, want := range map[string]string{
		"a: 1\nb: {c: 1}\n":   "line 2: b: want a single value",
		"a: 1\nb: 1\na: 2\n":  "line 3: a is set twice, first on line 1",
		"- a\n":               "line 1: want `key: value` lines",
		"just text\n":         "line 1: want `key: value` lines",
		"a: &x 1\nb: *x\n":    "line 2: b: want a single value",
		"a: 1\n--- \nb: 2\n":  "more than one document",
		"":                    "the file is empty",
		"# only a comment\n":  "the file is empty",
		"[a]: 1\n":            "line 1",
		"a: 1\n  b: 2\n":      "line 2",
		"a: \"unterminated\n": "line 2",
		"\x00":                "control characters",
	} {
		_, err := yaml.Entries([]byte(give))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Entries(%q) = %v, want an error with %q", give, err, want)
		}
	}
}

func TestEncodeIsReadBack(t *testing.T) {
	for _, text := range []string{"plain", "yes", "1.0", "a: b", "# c", "it's", `"`, " x", "", "null", "~", "\u00e9"} {
		data, err := yaml.Encode(map[string]string{"k": text})
		if err != nil {
			t.Fatalf("Encode(%q) = %v", text, err)
		}
		entries, err := yaml.Entries(data)
		if err != nil || len(entries) != 1 || entries[0].Value != text {
			t.Errorf("Encode(%q) = %q, which reads as %v, %v", text, data, entries, err)
		}
	}
}
