package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"example.com/app/internal/memory"
	"example.com/app/internal/reservation"
)

// samples puts the sample rooms into the database, where they are missing.
func (p *program) samples(ctx context.Context, args []string) error {
	if err := parse(flag.NewFlagSet("samples", flag.ContinueOnError), args); err != nil {
		return err
	}
	if p.cfg.DatabaseURL == "" {
		return errors.New("DATABASE_URL is not set: the memory store has the samples already")
	}
	app, err := p.assemble(ctx)
	if err != nil {
		return err
	}
	defer app.close()
	created, err := createSamples(ctx, app.rooms)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%d samples created\n", created)
	return nil
}

// createSamples leaves rooms alone that are there already, or have the name of a
// sample.
func createSamples(ctx context.Context, rooms reservation.Store) (created int, err error) {
	for _, room := range memory.SampleRooms(time.Now()) {
		_, err := rooms.Room(ctx, room.ID)
		if errors.Is(err, reservation.ErrRoomNotFound) {
			err = rooms.CreateRoom(ctx, room)
			if err == nil {
				created++
			}
		}
		if err != nil && !errors.Is(err, reservation.ErrNameTaken) {
			return created, fmt.Errorf("create sample room %s: %w", room.Name, err)
		}
	}
	return created, nil
}
