package httpapi_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// document is the contract that all tests share, because what all of them have
// seen together is checked at the end.
var document *contract

func TestMain(m *testing.M) {
	flag.Parse()
	// kin-openapi decodes bodies by media type, and would read YAML as the
	// document that it is. Here everything but JSON is text.
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("*/*", openapi3filter.PlainBodyDecoder)

	var err error
	if document, err = newContract(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if code == 0 && wholeRun() {
		for _, missing := range document.unseen() {
			fmt.Fprintf(os.Stderr, "no test saw %s, which openapi.yaml promises\n", missing)
			code = 1
		}
	}
	os.Exit(code)
}

// wholeRun says whether no flag has left tests out.
func wholeRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return true
}
