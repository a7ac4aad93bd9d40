package market

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// idPrefix marks a word as an id, for the coins whose symbol is not unique.
const idPrefix = "id:"

// Pick returns the coin that word names among coins: by symbol or by id,
// whatever the case, or by id alone when it is written id:bitcoin.
// It returns an UnknownCoinError when there is none, and an
// AmbiguousCoinError when there are several.
func Pick(word string, coins []Coin) (Coin, error) {
	id, onlyID := strings.CutPrefix(strings.ToLower(word), idPrefix)
	var found []Coin
	for _, c := range coins {
		if strings.EqualFold(c.ID, id) || (!onlyID && strings.EqualFold(c.Symbol, id)) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return Coin{}, &UnknownCoinError{Word: word, Near: Near(id, coins)}
	case 1:
		return found[0], nil
	default:
		return Coin{}, &AmbiguousCoinError{Word: word, Coins: found}
	}
}

// Near returns up to three symbols of coins whose symbol, id or name is
// written almost like word, best first.
func Near(word string, coins []Coin) []string {
	type near struct {
		symbol   string
		distance int
	}
	var found []near
	for _, c := range coins {
		best := -1
		for _, s := range []string{c.Symbol, c.ID, c.Name} {
			if d, ok := distance(strings.ToLower(word), strings.ToLower(s)); ok && (best < 0 || d < best) {
				best = d
			}
		}
		if best >= 0 {
			found = append(found, near{c.Symbol, best})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })

	const most = 3
	var symbols []string
	for _, n := range found {
		if !slices.Contains(symbols, n.symbol) && len(symbols) < most {
			symbols = append(symbols, n.symbol)
		}
	}
	return symbols
}

// Alike reports whether a is b but for a slip of the fingers.
func Alike(a, b string) bool {
	_, ok := distance(strings.ToLower(a), strings.ToLower(b))
	return ok
}

// distance counts the letters to insert, drop, change or swap with their
// neighbour that turn a into b. It is false when that is too many for a slip
// of the fingers.
func distance(a, b string) (int, bool) {
	s, t := []rune(a), []rune(b)
	limit := 2
	if min(len(s), len(t)) <= 3 {
		limit = 1
	}
	if len(s)-len(t) > limit || len(t)-len(s) > limit {
		return 0, false
	}
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			change := rows[i-1][j-1]
			if s[i-1] != t[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	d := rows[len(s)][len(t)]
	return d, d <= limit
}

// Printable drops what a terminal would obey instead of show. Anyone can list
// a coin, and its name ends up on the user's screen.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
