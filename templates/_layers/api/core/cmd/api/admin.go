package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"example.com/app/internal/user"
)

// admin makes the first admin, whom nobody with a role could make, and any
// further one.
func (p *program) admin(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "create" {
		return fmt.Errorf("%w: admin knows only create", errUsage)
	}
	flags := flag.NewFlagSet("admin create", flag.ContinueOnError)
	email := flags.String("email", "", "")
	name := flags.String("name", "Admin", "")
	fromStdin := flags.Bool("password-stdin", false, "")
	if err := parse(flags, args[1:]); err != nil {
		return err
	}
	if *email == "" {
		return fmt.Errorf("%w: -email is missing", errUsage)
	}
	if p.cfg.DatabaseURL == "" {
		return errors.New("DATABASE_URL is not set: an account in the memory store would end with this command; try api serve -admin EMAIL")
	}
	password := ""
	if *fromStdin {
		line, err := bufio.NewReader(p.stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read password: %w", err)
		}
		if password = strings.TrimRight(line, "\r\n"); password == "" {
			return errors.New("standard input holds no password")
		}
	}
	app, err := p.assemble(ctx)
	if err != nil {
		return err
	}
	defer app.close()
	return p.createAdmin(ctx, app.users, *email, *name, password)
}

// createAdmin makes up a password where none is given, and shows it this once.
func (p *program) createAdmin(ctx context.Context, users *user.Service, email, name, password string) error {
	generated := password == ""
	if generated {
		password = rand.Text()
	}
	u, err := users.CreateAdmin(ctx, user.Registration{Email: email, Name: name, Password: password})
	if errors.Is(err, user.ErrEmailTaken) {
		return fmt.Errorf("there is an account with the address %s, which an admin can give the role", email)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "admin %s\n", u.Email)
	if generated {
		fmt.Fprintf(p.stdout, "password %s (shown only now)\n", password)
	}
	return nil
}
