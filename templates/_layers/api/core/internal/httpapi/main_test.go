package httpapi_test

import (
	"fmt"
	"os"
	"testing"

	"example.com/app/api"
	"example.com/app/internal/apitest"
)

// document is the contract that all tests share, because what all of them have
// seen together is checked at the end.
var document *apitest.Contract

func TestMain(m *testing.M) {
	var err error
	if document, err = apitest.Load(api.Spec); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(document.Run(m))
}
