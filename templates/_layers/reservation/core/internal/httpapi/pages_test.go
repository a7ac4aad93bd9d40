package httpapi_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"
)

// links reads a Link header: relation to target.
func links(t *testing.T, a answer) map[string]string {
	t.Helper()
	targets := make(map[string]string)
	for _, link := range regexp.MustCompile(`<([^>]*)>; rel="(\w+)"`).FindAllStringSubmatch(a.header.Get("Link"), -1) {
		targets[link[2]] = link[1]
	}
	return targets
}

func names(rooms []room) []string {
	var all []string
	for _, r := range rooms {
		all = append(all, r.Name)
	}
	return all
}

// A client that follows the links comes to every page, there and back.
func TestPages(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		var all []string
		for i := range 7 {
			all = append(all, s.newRoom(t, fmt.Sprintf("Room %d", i)).Name)
		}
		s.newRoom(t, "Merapi")

		path := "/v1/rooms?q=room&page_size=3&sort=-name"
		slices.Reverse(all)
		walk := func(path, relation string) (found [][]string) {
			t.Helper()
			for path != "" && len(found) < 10 {
				got := s.send(t, guest, "GET "+path, nil).want(t, 200).wantHeader(t, "Total-Count", "7")
				body := decode[list[room]](t, got)
				if body.Total != 7 || body.PageSize != 3 {
					t.Errorf("%s: total %d, page_size %d, want 7, 3", got.line, body.Total, body.PageSize)
				}
				found = append(found, names(body.Items))
				path = links(t, got)[relation]
			}
			return found
		}
		want := [][]string{all[0:3], all[3:6], all[6:7]}
		if got := walk(path, "next"); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("pages by next: %q, want %q", got, want)
		}
		ends := links(t, s.send(t, guest, "GET "+path+"&page=2", nil).want(t, 200))
		slices.Reverse(want)
		if got := walk(ends["last"], "prev"); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("pages by prev: %q, want %q", got, want)
		}
		if got := walk(ends["first"], "none"); !slices.Equal(got[0], all[0:3]) {
			t.Errorf("first page: %q, want %q", got[0], all[0:3])
		}
	})
}

func TestLinks(t *testing.T) {
	eachStore(t, func(t *testing.T, s *service) {
		for i := range 3 {
			s.newRoom(t, fmt.Sprintf("Room %d", i))
		}
		tests := []struct {
			query     string
			page      int
			items     int
			relations []string
		}{
			{"", 1, 3, []string{"first", "last"}},
			{"?page_size=3", 1, 3, []string{"first", "last"}},
			{"?page_size=2", 1, 2, []string{"first", "next", "last"}},
			{"?page_size=2&page=2", 2, 1, []string{"first", "prev", "last"}},
			{"?page_size=1&page=2", 2, 1, []string{"first", "prev", "next", "last"}},
			{"?page_size=2&page=1000", 1000, 0, []string{"first", "prev", "last"}},
		}
		for _, test := range tests {
			got := s.send(t, guest, "GET /v1/rooms"+test.query, nil).want(t, 200).wantHeader(t, "Total-Count", "3")
			body := decode[list[room]](t, got)
			if body.Page != test.page || len(body.Items) != test.items || body.Items == nil {
				t.Errorf("%s: page %d with %d items, want page %d with %d", got.line, body.Page, len(body.Items), test.page, test.items)
			}
			var relations []string
			for relation := range links(t, got) {
				relations = append(relations, relation)
			}
			wantSet(t, got.line+": links", relations, test.relations)
		}
		past := s.send(t, guest, "GET /v1/rooms?page_size=2&page=1000", nil)
		if prev := links(t, past)["prev"]; prev != "/v1/rooms?page=2&page_size=2" {
			t.Errorf("%s: prev is %q, want the last page", past.line, prev)
		}
	})
}
