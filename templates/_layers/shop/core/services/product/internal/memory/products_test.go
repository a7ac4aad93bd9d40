package memory_test

import (
	"testing"

	"example.com/app/platform/outbox"
	"example.com/app/services/product/internal/catalog/catalogtest"
	"example.com/app/services/product/internal/memory"
)

func TestProducts(t *testing.T) {
	t.Parallel()
	catalogtest.Run(t, func(*testing.T) catalogtest.Fixture {
		unsent := outbox.NewMemory()
		return catalogtest.Fixture{Store: memory.NewProducts(unsent), Outbox: unsent}
	})
}
