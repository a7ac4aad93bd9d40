package product

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/platform/app"
	"example.com/app/services/product/internal/catalog"
)

// samplePieces is how many there are of each sample.
const samplePieces = 100

func samples() []catalog.Details {
	return []catalog.Details{
		{Name: "Kopi Gayo", Description: "250 g of coffee beans from Aceh", Amount: 95_000_00, Currency: "IDR"},
		{Name: "Batik Pekalongan", Description: "Hand-drawn cotton, 2 by 1 metres", Amount: 450_000_00, Currency: "IDR"},
		{Name: "Sambal Roa", Description: "Smoked fish and chilli from Manado", Amount: 48_000_00, Currency: "IDR"},
		{Name: "Angklung", Description: "Eight bamboo tubes, tuned to C major", Amount: 325_000_00, Currency: "IDR"},
		{Name: "Wedang Uwuh", Description: "Herbs and spices for ten cups, from Imogiri", Amount: 36_500_00, Currency: "IDR"},
	}
}

// addSamples adds the samples to a shop that sells nothing yet, and returns how many it
// added.
func addSamples(ctx context.Context, products *catalog.Service) (int, error) {
	first := catalog.Query{Page: page.Request{Number: 1, Size: 1, Sort: page.Sort{Key: "name"}}}
	list, err := products.List(ctx, auth.Actor{}, first)
	if err != nil || list.Total > 0 {
		return 0, err
	}
	for i, details := range samples() {
		p, err := products.Add(ctx, details)
		if err != nil {
			return i, err
		}
		if _, err := products.Receive(ctx, p.ID, uuid.New(), samplePieces); err != nil {
			return i, err
		}
	}
	return len(samples()), nil
}

func putSamples(ctx context.Context, env app.Env, parts *app.Parts, args []string) error {
	if err := app.NoArgs(args); err != nil {
		return err
	}
	if parts.Pool == nil {
		return errors.New("DATABASE_URL is not set: the memory store has the sample products already")
	}
	products, _ := open(parts)
	added, err := addSamples(ctx, products)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Out, "%d sample products added\n", added)
	return nil
}
