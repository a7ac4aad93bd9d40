package app

import (
	"context"
	"io/fs"
)

// Program is the program of a service. All fields but More are required.
type Program struct {
	Name string // of the service
	// Load reads the settings. Its error names everything that is wrong with them.
	Load func(getenv func(string) string) (Config, error)
	// Migrations are the SQL files of the service's database.
	Migrations func() (fs.FS, error)
	// Consumers are the names of the service's own.
	Consumers []string
	// New assembles the service from its parts.
	New func(ctx context.Context, parts *Parts) (Service, error)
	// More is what the program does beside what each does.
	More []PartsCommand
}

// PartsCommand is a command that works with the parts of the service.
type PartsCommand struct {
	Name  string
	Usage string
	Run   func(ctx context.Context, env Env, parts *Parts, args []string) error
}

// Commands returns what the program does.
func (p Program) Commands() []Command {
	all := append([]PartsCommand{
		{Name: "serve", Usage: "serve                   serve the API and handle events; what the program alone does", Run: p.serve},
		{Name: "migrate", Usage: "migrate up|down|status  apply what is new of the schema, undo the last step, or show", Run: p.migrate},
		{Name: "dead", Usage: "dead list|replay        show the messages that were given up, or let them be handled again", Run: p.dead},
	}, p.More...)
	commands := make([]Command, 0, len(all)+1)
	for _, c := range all {
		commands = append(commands, Command{Name: c.Name, Usage: c.Usage, Run: p.withParts(c)})
	}
	return append(commands, Healthcheck())
}

func (p Program) withParts(c PartsCommand) func(ctx context.Context, env Env, args []string) error {
	return func(ctx context.Context, env Env, args []string) error {
		cfg, err := p.Load(env.Getenv)
		if err != nil {
			return err
		}
		parts, err := Open(ctx, p.Name, cfg, env.Err)
		if err != nil {
			return err
		}
		defer parts.Close(ctx)
		return c.Run(ctx, env, parts, args)
	}
}
