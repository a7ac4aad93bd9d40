package accounttest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/services/user/internal/account"
)

var byEmail = page.Sort{Key: "email"}

func sorted(t *testing.T, store account.Store) {
	add := func(email string, id byte, hour int) {
		create(t, store, email, func(a *account.Account) {
			a.ID, a.CreatedAt = uuid.UUID{15: id}, noon.Add(time.Duration(hour)*time.Hour)
		})
	}
	add("b@example.org", 3, 1)
	add("a-z@example.org", 2, 1)
	add("a@example.org", 1, 2)

	tests := []struct {
		sort page.Sort
		want string
	}{
		{page.Sort{Key: "email"}, "a-z, a, b"}, // by bytes: - comes before @
		{page.Sort{Key: "email", Descending: true}, "b, a, a-z"},
		{page.Sort{Key: "created_at"}, "a-z, b, a"},
		{page.Sort{Key: "created_at", Descending: true}, "a, a-z, b"},
	}
	for _, test := range tests {
		t.Run(test.sort.Key, func(t *testing.T) {
			wantList(t, store, account.Query{Page: request(test.sort)}, test.want)
		})
	}
}

func pages(t *testing.T, store account.Store) {
	for _, name := range []string{"c", "a", "e", "b", "d"} {
		create(t, store, name+"@example.org")
	}
	for number, want := range []string{"a, b", "c, d", "e", "", ""} {
		got, err := store.List(t.Context(), account.Query{Page: page.Request{Number: number + 1, Size: 2, Sort: byEmail}})
		if err != nil || got.Items == nil || strings.Join(addresses(got.Items), ", ") != want || got.Total != 5 {
			t.Errorf("List(page %d) = %q of %d, %v, want %q of 5", number+1, addresses(got.Items), got.Total, err, want)
		}
	}
}

func unknownSort(t *testing.T, store account.Store) {
	_, err := store.List(t.Context(), account.Query{Page: request(page.Sort{Key: "password_hash"})})
	if err == nil {
		t.Error("List(unknown sort key) = no error, want one")
	}
}

func filters(t *testing.T, store account.Store) {
	create(t, store, "ann@example.org", admin)
	create(t, store, "bob_b@example.org")
	create(t, store, "eve%50@example.com", inactive)
	create(t, store, `odd\one@example.com`, admin, inactive)

	tests := []struct {
		name  string
		query account.Query
		want  string
	}{
		{"none", account.Query{}, `ann, bob_b, eve%50, odd\one`},
		{"a part of the address", account.Query{Email: "example.o"}, "ann, bob_b"},
		{"in any case", account.Query{Email: "EVE"}, "eve%50"},
		{"a percent sign is one", account.Query{Email: "e%5"}, "eve%50"},
		{"a percent sign is nothing else", account.Query{Email: "e%0"}, ""},
		{"an underscore is one", account.Query{Email: "b_b"}, "bob_b"},
		{"an underscore is nothing else", account.Query{Email: "a_n"}, ""},
		{"a backslash is one", account.Query{Email: `d\o`}, `odd\one`},
		{"role", account.Query{Role: new(auth.RoleAdmin)}, `ann, odd\one`},
		{"active", account.Query{Active: new(true)}, "ann, bob_b"},
		{"inactive", account.Query{Active: new(false)}, `eve%50, odd\one`},
		{"role and active", account.Query{Role: new(auth.RoleAdmin), Active: new(true)}, "ann"},
		{"all", account.Query{Email: "example.com", Role: new(auth.RoleUser), Active: new(false)}, "eve%50"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.query.Page = request(byEmail)
			wantList(t, store, test.query, test.want)
		})
	}
}

// wantList expects accounts by what stands before the @, with a comma between
// them.
func wantList(t *testing.T, store account.Store, query account.Query, want string) {
	t.Helper()
	got, err := store.List(t.Context(), query)
	if err != nil {
		t.Fatalf("List() = error %v", err)
	}
	wanted := slices.DeleteFunc(strings.Split(want, ", "), func(s string) bool { return s == "" })
	if names := addresses(got.Items); !slices.Equal(names, wanted) || got.Total != len(wanted) {
		t.Errorf("List() = %q of %d, want %q", names, got.Total, wanted)
	}
}

func addresses(all []account.Account) []string {
	names := make([]string, len(all))
	for i, a := range all {
		names[i], _, _ = strings.Cut(a.Email, "@")
	}
	return names
}
