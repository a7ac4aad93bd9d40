package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strings"

	"github.com/acme/reservation-api/internal/auth"
	"github.com/acme/reservation-api/internal/limit"
)

// Limits is how often clients may ask. The zero value sets no limit.
type Limits struct {
	Store   limit.Store
	IP      limit.Policy // for each address
	Account limit.Policy // for each account
	LogIn   limit.Policy // for each address that registers or logs in, and each account whose password is tried
	Mail    limit.Policy // for each account, of changes that an e-mail tells about
	// Observed is told of each decision.
	Observed func(policy string, allowed bool)
}

// A route is named by its method and its pattern, such as "POST /v1/auth/login".

// takeAddress counts a request of a route against the allowances of the client's address.
func (l Limits) takeAddress(ctx context.Context, header http.Header, route, ip string) error {
	key := "ip:" + network(ip)
	if err := l.take(ctx, header, l.IP, key); err != nil {
		return err
	}
	switch route {
	case "POST /v1/auth/register", "POST /v1/auth/login":
		return l.take(ctx, header, l.LogIn, key)
	default:
		return nil
	}
}

// takeAccount counts a request of a route against the allowances of the client's account.
// A stolen token must not be good for guessing the password, and to check one takes the
// processor. E-mails go to an address that is not confirmed, and its owner must not be
// flooded.
func (l Limits) takeAccount(ctx context.Context, header http.Header, route string, actor auth.Actor) error {
	key := "account:" + actor.ID.String()
	if err := l.take(ctx, header, l.Account, key); err != nil {
		return err
	}
	switch {
	case route == "PUT /v1/me/password":
		return l.take(ctx, header, l.LogIn, key)
	case sendsMail(route):
		return l.take(ctx, header, l.Mail, key)
	default:
		return nil
	}
}

// takeLogIn counts an attempt against the allowance of the account that it is for,
// whether there is one or not: an attacker may try from many addresses.
func (l Limits) takeLogIn(ctx context.Context, header http.Header, email string) error {
	digest := sha256.Sum256([]byte(strings.ToLower(email))) // so that the store holds no addresses
	return l.take(ctx, header, l.LogIn, "email:"+hex.EncodeToString(digest[:16]))
}

// take tells the client how much is left, and returns limit.ErrExceeded when that
// is not enough.
func (l Limits) take(ctx context.Context, header http.Header, p limit.Policy, key string) error {
	if l.Store == nil {
		return nil
	}
	decision, err := l.Store.Take(ctx, p, key)
	if err != nil {
		return err
	}
	l.Observed(p.Name, decision.Allowed)
	decision.SetHeaders(header, p)
	if !decision.Allowed {
		return limit.ErrExceeded
	}
	return nil
}

// network returns the key of an address: for IPv6 it is the /64 prefix, as a client has
// at least that many addresses.
func network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Unmap().Is4() {
		return ip
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}
