package publish

import (
	"context"

	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/token"
)

// connect finds the token for the host and returns the access that it gives.
func (c Config) connect(ctx context.Context) (*github.Client, token.Token, error) {
	t, err := c.Tokens.Find(ctx, c.Host)
	if err != nil {
		return nil, t, err
	}
	return github.New(c.Host, t.Value, c.Requests), t, nil
}

// Viewer returns the login of the user whose token publishing would use.
func Viewer(ctx context.Context, c Config) (string, error) {
	client, _, err := c.connect(ctx)
	if err != nil {
		return "", err
	}
	viewer, _, err := client.Viewer(ctx)
	return viewer.Login, err
}

// Owners lists the accounts that could own a repository: the user, then the
// user's organisations. A token without the scope read:org shows none of these.
func Owners(ctx context.Context, c Config) ([]string, error) {
	client, _, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	viewer, _, err := client.Viewer(ctx)
	if err != nil {
		return nil, err
	}
	organizations, err := client.Organizations(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	return append([]string{viewer.Login}, organizations...), nil
}
