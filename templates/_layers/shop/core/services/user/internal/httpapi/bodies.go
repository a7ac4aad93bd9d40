package httpapi

import (
	"time"

	"example.com/app/internal/auth"
	"example.com/app/services/user/internal/account"
)

// What clients send. The field names are those of api/user.yaml.
type (
	registration struct {
		Email    string `json:"email"`
		Name     string `json:"name"`
		Password string `json:"password"`
	}

	credentials struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}

	refreshRequest struct {
		RefreshToken string `json:"refresh_token"`
	}

	accountChange struct {
		Role   *auth.Role `json:"role"`
		Active *bool      `json:"active"`
	}
)

// What clients get.
type (
	tokensBody struct {
		AccessToken  string `json:"access_token"`
		TokenType    string `json:"token_type"`
		ExpiresIn    int    `json:"expires_in"` // seconds, as in RFC 6749
		RefreshToken string `json:"refresh_token"`
	}

	accountBody struct {
		ID        string `json:"id"`
		Email     string `json:"email"`
		Name      string `json:"name"`
		Role      string `json:"role"`
		Active    bool   `json:"active"`
		CreatedAt string `json:"created_at"`
		UpdatedAt string `json:"updated_at"`
	}
)

func newTokensBody(t account.Tokens) tokensBody {
	return tokensBody{
		AccessToken:  t.Access,
		TokenType:    "Bearer",
		ExpiresIn:    int(t.AccessLife.Seconds()),
		RefreshToken: string(t.Refresh),
	}
}

func newAccountBody(a account.Account) accountBody {
	return accountBody{
		ID: a.ID.String(), Email: a.Email, Name: a.Name, Role: string(a.Role), Active: a.Active,
		CreatedAt: a.CreatedAt.Format(time.RFC3339Nano), UpdatedAt: a.UpdatedAt.Format(time.RFC3339Nano),
	}
}
