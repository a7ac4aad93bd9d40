package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"example.com/app/platform/bus"
)

// dead shows the messages that this service's consumers have given up, or hands them to
// the same consumers again, once whatever was wrong is mended.
func (p Program) dead(ctx context.Context, env Env, parts *Parts, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: dead needs list, or replay with numbers or all", ErrUsage)
	}
	letters, err := parts.Bus.Dead(ctx, p.Consumers...)
	if err != nil {
		return err
	}
	switch {
	case args[0] == "list" && len(args) == 1:
		for _, l := range letters {
			fmt.Fprintf(env.Out, "%d  %s  %s  %s  %d tries: %s\n",
				l.Sequence, l.DiedAt.UTC().Format(time.RFC3339), l.Consumer, l.Event.Type, l.Tries, l.Reason)
		}
		return nil
	case args[0] == "replay" && len(args) > 1:
		return replay(ctx, env, parts.Bus, letters, args[1:])
	default:
		return fmt.Errorf("%w: dead knows list, and replay with numbers or all", ErrUsage)
	}
}

func replay(ctx context.Context, env Env, b *bus.Bus, letters []bus.DeadLetter, args []string) error {
	var numbers []uint64
	if len(args) == 1 && args[0] == "all" {
		for _, l := range letters {
			numbers = append(numbers, l.Sequence)
		}
	} else {
		for _, arg := range args {
			n, err := strconv.ParseUint(arg, 10, 64)
			if err != nil {
				return fmt.Errorf("%w: %q is not a number of dead list", ErrUsage, arg)
			}
			numbers = append(numbers, n)
		}
	}
	replayed, err := b.Replay(ctx, numbers...)
	fmt.Fprintf(env.Out, "%d replayed\n", replayed)
	return err
}
