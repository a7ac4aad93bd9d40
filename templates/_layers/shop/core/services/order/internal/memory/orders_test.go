package memory_test

import (
	"testing"

	"example.com/app/platform/outbox"
	"example.com/app/services/order/internal/checkout/checkouttest"
	"example.com/app/services/order/internal/memory"
)

func TestOrders(t *testing.T) {
	t.Parallel()
	checkouttest.Run(t, func(*testing.T) checkouttest.Fixture {
		unsent := outbox.NewMemory()
		return checkouttest.Fixture{Store: memory.NewOrders(unsent), Outbox: unsent}
	})
}
