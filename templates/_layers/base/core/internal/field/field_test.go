package field_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/app/internal/field"
)

func TestText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		value string
		least int
		want  string // the message, or ""
	}{
		{"shortest", "é", 1, ""},
		{"longest", strings.Repeat("é", 10), 1, ""},
		{"may be empty", "", 0, ""},
		{"empty", "", 1, "must not be blank"},
		{"blank", " \u00a0 ", 2, "must not be blank"},
		{"too short", "é", 2, "must have at least 2 characters"},
		{"too long", strings.Repeat("é", 11), 1, "must have at most 10 characters"},
		{"NUL", "a\x00b", 1, "must not contain control characters"},
		{"line break", "a\nb", 1, "must not contain control characters"},
		{"C1 control", "a\u0085b", 1, "must not contain control characters"},
		{"invalid UTF-8", "a\xffb", 1, "must not contain control characters"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var errs field.Errors
			errs.Text("name", test.value, test.least, 10)
			var want field.Errors
			if test.want != "" {
				want.Add("name", "%s", test.want)
			}
			if errs.Error() != want.Error() {
				t.Errorf("Text(%q) = %v, want %v", test.value, errs, want)
			}
		})
	}
}

func TestErr(t *testing.T) {
	t.Parallel()
	var errs field.Errors
	if err := errs.Err(); err != nil {
		t.Errorf("Err() of nothing = %v, want nil", err)
	}
	errs.Add("pages", "must be from 1 to %d", 1000)
	errs.Add("name", "must not be empty")
	err := errs.Err()
	if found, ok := errors.AsType[field.Errors](err); !ok || len(found) != 2 {
		t.Errorf("Err() = %v, want both errors", err)
	}
	if want := "pages must be from 1 to 1000; name must not be empty"; err.Error() != want {
		t.Errorf("Error() = %q, want %q", err, want)
	}
}
