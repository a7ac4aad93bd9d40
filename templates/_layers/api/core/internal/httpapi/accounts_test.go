package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"example.com/app/internal/auth"
)

func TestRegister(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		created := decode[person](t, s.send(t, guest, "POST /v1/auth/register",
			object{"email": "Sari@Example.com", "name": "Sari", "password": password}).want(t, 201))
		want := person{
			ID: created.ID, Email: "sari@example.com", Name: "Sari", Role: "user", Active: true,
			CreatedAt: monday, UpdatedAt: monday,
		}
		if created != want {
			t.Errorf("POST /v1/auth/register: %+v, want %+v", created, want)
		}

		sari := account{token: s.logIn(t, "SARI@example.COM", password).Access}
		if me := decode[person](t, s.send(t, sari, "GET /v1/me", nil).want(t, 200)); me != want {
			t.Errorf("GET /v1/me: %+v, want %+v", me, want)
		}
		for _, email := range []string{"sari@example.com", "SARI@EXAMPLE.COM"} {
			s.send(t, guest, "POST /v1/auth/register", object{"email": email, "name": "Sari", "password": password}).
				wantProblem(t, 409, "email-taken")
		}
	})
}

func TestRegistrationRules(t *testing.T) {
	good := func(field, value string) object {
		o := object{"email": "sari@example.com", "name": "Sari", "password": password}
		o[field] = value
		return o
	}
	tests := []struct {
		name   string
		body   object
		fields []string // at fault; none where all is well
	}{
		{"password of 11 characters", good("password", strings.Repeat("a", 11)), []string{"password"}},
		{"password of 12 characters", good("password", strings.Repeat("a", 12)), nil},
		{"password of 11 characters in 22 bytes", good("password", strings.Repeat("é", 11)), []string{"password"}},
		{"password of 72 bytes", good("password", strings.Repeat("a", 72)), nil},
		{"password of 73 bytes", good("password", strings.Repeat("a", 73)), []string{"password"}},
		{"password of 37 characters in 74 bytes", good("password", strings.Repeat("é", 37)), []string{"password"}},
		{"password with a NUL", good("password", "correct\x00horse battery"), []string{"password"}},
		{"name with a NUL", good("name", "Sa\x00ri"), []string{"name"}},
		{"name with a line break", good("name", "Sa\nri"), []string{"name"}},
		{"name of no character", good("name", ""), []string{"name"}},
		{"name of 100 characters", good("name", strings.Repeat("é", 100)), nil},
		{"name of 101 characters", good("name", strings.Repeat("é", 101)), []string{"name"}},
		{"address without an at", good("email", "sari.example.com"), []string{"email"}},
		{"address with a name", good("email", "Sari <sari@example.com>"), []string{"email"}},
		{"address with a NUL", good("email", "sari\x00@example.com"), []string{"email"}},
		{"long address", good("email", strings.Repeat("a", 250)+"@example.com"), []string{"email"}},
		{"address beyond ASCII", good("email", "\u212aate@example.com"), []string{"email"}},
		{"everything", object{"email": "", "name": " ", "password": ""}, []string{"email", "name", "password"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s *service) {
				got := s.send(t, guest, "POST /v1/auth/register", test.body)
				if test.fields != nil {
					got.wantProblem(t, 422, "invalid-fields", test.fields...)
					return
				}
				got.want(t, 201)
				s.logIn(t, "sari@example.com", test.body["password"].(string))
			})
		})
	}
}

func TestChangePassword(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		const next = "another horse battery"
		session := s.logIn(t, s.ann.email, password)
		change := func(current, next string) answer {
			t.Helper()
			return s.send(t, account{token: session.Access}, "PUT /v1/me/password",
				object{"current_password": current, "new_password": next})
		}
		change("wrong horse battery", next).wantProblem(t, 403, "wrong-password")
		change(password, "short").wantProblem(t, 422, "invalid-fields", "new_password")
		change(password, strings.Repeat("a", 73)).wantProblem(t, 422, "invalid-fields", "new_password")
		change(password, next).want(t, 204)

		// All that was issued before has ended, in other places, too.
		s.wantEnded(t, session)
		s.send(t, s.ann, "GET /v1/me", nil).wantProblem(t, 401, "invalid-token")
		s.send(t, guest, "POST /v1/auth/login", object{"email": s.ann.email, "password": password}).
			wantProblem(t, 401, "wrong-credentials")
		s.logIn(t, s.ann.email, next)
		s.send(t, s.bob, "GET /v1/me", nil).want(t, 200)
	})
}

func TestDeactivation(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		session := s.logIn(t, s.ann.email, password)
		s.clock.advance(time.Minute)
		line := "PATCH /v1/users/" + s.ann.id
		changed := decode[person](t, s.send(t, s.admin, line, object{"active": false}).want(t, 200))
		if changed.Active || changed.Role != "user" || !changed.UpdatedAt.Equal(monday.Add(time.Minute)) {
			t.Errorf("%s: %+v, want an inactive user, changed now", line, changed)
		}
		s.wantEnded(t, session)
		s.send(t, guest, "POST /v1/auth/login", object{"email": s.ann.email, "password": password}).
			wantProblem(t, 401, "wrong-credentials")

		// Activated again, Ann may log in; what has ended stays so.
		s.send(t, s.admin, line, object{"active": true}).want(t, 200)
		s.wantEnded(t, session)
		s.logIn(t, s.ann.email, password)
	})
}

func TestRoleChange(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		for _, step := range []struct {
			role string
			want int
		}{{"admin", 200}, {"user", 403}} {
			s.send(t, s.admin, "PATCH /v1/users/"+s.ann.id, object{"role": step.role}).want(t, 200)
			s.send(t, s.ann, "GET /v1/users", nil).want(t, step.want) // with the same token
		}
		s.send(t, s.admin, "PATCH /v1/users/"+s.ann.id, object{"role": "owner"}).
			wantProblem(t, 422, "invalid-fields", "role")
	})
}

func TestLastAdmin(t *testing.T) {
	for _, change := range []struct {
		name string
		body object
	}{
		{"demoted", object{"role": "user"}},
		{"deactivated", object{"active": false}},
	} {
		t.Run(change.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, s *service) {
				line := "PATCH /v1/users/" + s.admin.id
				s.send(t, s.admin, line, change.body).wantProblem(t, 409, "last-admin")
				s.send(t, s.admin, "GET /v1/users", nil).want(t, 200)

				// An admin who is not active does not count.
				second := s.newAccount(t, "second@example.com", auth.RoleAdmin)
				s.send(t, s.admin, "PATCH /v1/users/"+second.id, object{"active": false}).want(t, 200)
				s.send(t, s.admin, line, change.body).wantProblem(t, 409, "last-admin")

				s.send(t, s.admin, "PATCH /v1/users/"+second.id, object{"active": true}).want(t, 200)
				s.send(t, s.admin, line, change.body).want(t, 200)
			})
		})
	}
}

func TestListUsers(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		s.clock.advance(time.Minute)
		s.newAccount(t, "aaron_b@example.com", auth.RoleAdmin)
		s.send(t, s.admin, "PATCH /v1/users/"+s.bob.id, object{"active": false}).want(t, 200)
		tests := []struct {
			query string
			want  string
		}{
			{"", "aaron_b admin ann bob"},
			{"sort=-email", "bob ann admin aaron_b"},
			{"sort=-created_at&page_size=1", "aaron_b"},
			{"email=B@EXAMPLE", "aaron_b bob"},
			{"email=n_b", "aaron_b"}, // no wildcard
			{"role=admin", "aaron_b admin"},
			{"role=user&active=true", "ann"},
			{"active=false", "bob"},
			{"email=nobody", ""},
		}
		for _, test := range tests {
			got := decode[list[person]](t, s.send(t, s.admin, "GET /v1/users?"+test.query, nil).want(t, 200))
			var names []string
			for _, p := range got.Items {
				name, _, _ := strings.Cut(p.Email, "@")
				names = append(names, name)
			}
			if strings.Join(names, " ") != test.want {
				t.Errorf("GET /v1/users?%s: %q, want %q", test.query, names, test.want)
			}
		}
	})
}
