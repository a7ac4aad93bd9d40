package market

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func coins() []Coin {
	return []Coin{
		{ID: "bitcoin", Symbol: "BTC", Name: "Bitcoin"},
		{ID: "ethereum", Symbol: "ETH", Name: "Ethereum"},
		{ID: "pepe", Symbol: "PEPE", Name: "Pepe"},
		{ID: "pepe-2", Symbol: "PEPE", Name: "Other Pepe"},
		{ID: "btc", Symbol: "SELF", Name: "A coin with the id btc"},
		{ID: "tether", Symbol: "USDT", Name: "Tether"},
	}
}

func TestPick(t *testing.T) {
	tests := []struct {
		name   string
		word   string
		wantID string
		want   error
	}{
		{name: "symbol", word: "ETH", wantID: "ethereum"},
		{name: "symbol in lower case", word: "eth", wantID: "ethereum"},
		{name: "id", word: "ethereum", wantID: "ethereum"},
		{name: "id in upper case", word: "Ethereum", wantID: "ethereum"},
		{name: "marked id", word: "id:pepe", wantID: "pepe"},
		{name: "marked id in upper case", word: "ID:PEPE-2", wantID: "pepe-2"},
		{name: "marked id that is a symbol elsewhere", word: "id:btc", wantID: "btc"},
		{name: "shared symbol", word: "PEPE", want: ErrAmbiguousCoin},
		{name: "symbol of one, id of another", word: "BTC", want: ErrAmbiguousCoin},
		{name: "symbol is no id", word: "id:eth", want: ErrUnknownCoin},
		{name: "unknown", word: "nothing", want: ErrUnknownCoin},
		{name: "empty", word: "", want: ErrUnknownCoin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Pick(tt.word, coins())
			if got.ID != tt.wantID || !errors.Is(err, tt.want) {
				t.Errorf("Pick(%q) = %q, %v, want %q, %v", tt.word, got.ID, err, tt.wantID, tt.want)
			}
		})
	}
}

func TestAmbiguousCoinErrorNamesTheCoins(t *testing.T) {
	_, err := Pick("PEPE", coins())
	const want = `2 coins are called "PEPE": pepe (Pepe), pepe-2 (Other Pepe)`
	if err == nil || err.Error() != want {
		t.Errorf("Pick(PEPE) = %v, want %s", err, want)
	}
	many := &AmbiguousCoinError{Word: "X", Coins: make([]Coin, 9)}
	if got := strings.Count(many.Error(), ","); got != 5 || !strings.HasSuffix(many.Error(), ", …") {
		t.Errorf("Error() = %q, want five coins and an ellipsis", many.Error())
	}
}

func TestNear(t *testing.T) {
	tests := []struct {
		name string
		word string
		want []string
	}{
		{name: "changed letter", word: "BTX", want: []string{"BTC"}},
		{name: "swapped letters", word: "BCT", want: []string{"BTC"}},
		{name: "missing letter", word: "ET", want: []string{"ETH"}},
		{name: "by name", word: "bitcoim", want: []string{"BTC"}},
		{name: "by id, each symbol once", word: "pepe-3", want: []string{"PEPE"}},
		{name: "two slips in a short word are no slip", word: "BXX", want: nil},
		{name: "two slips in a long word", word: "ethreeum", want: []string{"ETH"}},
		{name: "too far", word: "dogecoin", want: nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Near(tt.word, coins()[:4]); !slices.Equal(got, tt.want) {
				t.Errorf("Near(%q) = %q, want %q", tt.word, got, tt.want)
			}
		})
	}
}

func TestNearPutsTheBestFirstAndKeepsThree(t *testing.T) {
	list := []Coin{{Symbol: "AAXY"}, {Symbol: "AAAX"}, {Symbol: "AAXX"}, {Symbol: "AABX"}, {Symbol: "AABB"}}
	got := Near("AAAB", list)
	if want := []string{"AAAX", "AABB", "AAXY"}; !slices.Equal(got, want) {
		t.Errorf("Near(AAAB) = %q, want %q", got, want)
	}
}

func TestPrintable(t *testing.T) {
	if got := Printable("Evil\x1b[2J\x07\u202e Coin"); got != "Evil[2J Coin" {
		t.Errorf("Printable() = %q, want it without control characters", got)
	}
}
