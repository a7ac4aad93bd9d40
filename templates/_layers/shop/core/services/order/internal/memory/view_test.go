package memory_test

import (
	"testing"

	"example.com/app/services/order/internal/memory"
	"example.com/app/services/order/internal/view"
	"example.com/app/services/order/internal/view/viewtest"
)

func TestView(t *testing.T) {
	t.Parallel()
	viewtest.Run(t, func(*testing.T) view.Store { return new(memory.View) })
}
