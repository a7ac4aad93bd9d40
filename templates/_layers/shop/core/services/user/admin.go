package user

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"

	"example.com/app/platform/app"
	"example.com/app/services/user/internal/account"
)

// admins is Admins for those who assemble the service.
type admins struct{ accounts *account.Service }

// CreateAdmin implements Admins.
func (a admins) CreateAdmin(ctx context.Context, email, name, password string) error {
	_, err := a.accounts.CreateAdmin(ctx, account.Registration{Email: email, Name: name, Password: password})
	return err
}

// createAdmin makes the first admin, whom nobody with a role could make, and any further
// one. It makes up a password, and shows it this once.
func createAdmin(ctx context.Context, env app.Env, parts *app.Parts, cfg Config, args []string) error {
	if len(args) == 0 || args[0] != "create" {
		return fmt.Errorf("%w: admin knows only create", app.ErrUsage)
	}
	flags := flag.NewFlagSet("admin create", flag.ContinueOnError)
	email := flags.String("email", "", "")
	name := flags.String("name", "Admin", "")
	if err := app.ParseFlags(flags, args[1:]); err != nil {
		return err
	}
	if *email == "" {
		return fmt.Errorf("%w: -email is missing", app.ErrUsage)
	}
	if parts.Pool == nil {
		return errors.New("DATABASE_URL is not set: an account in the memory store would end with this command")
	}
	accounts, err := newAccounts(open(parts), cfg)
	if err != nil {
		return err
	}
	password := rand.Text()
	err = admins{accounts}.CreateAdmin(ctx, *email, *name, password)
	if errors.Is(err, account.ErrEmailTaken) {
		return fmt.Errorf("there is an account with the address %s, which an admin can give the role", *email)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Out, "admin %s\npassword %s (shown only now)\n", *email, password)
	return nil
}
