package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strings"

	"example.com/app/internal/auth"
	"example.com/app/internal/limit"
)

// Limits is how often clients may ask. The zero value limits nobody.
type Limits struct {
	Store   limit.Store
	IP      limit.Policy // for each address
	Account limit.Policy // for each account
	LogIn   limit.Policy // for each address that registers or logs in, and each account whose password is tried
	Mail    limit.Policy // for each account, of changes that an e-mail tells about
	// Observed is told of each decision.
	Observed func(policy string, allowed bool)
}

// takeIP counts a request against the allowance of the client's address.
func (l Limits) takeIP(ctx context.Context, header http.Header, p limit.Policy, ip string) error {
	return l.take(ctx, header, p, "ip:"+network(ip))
}

// takeAccount counts a request against the allowance of an account.
func (l Limits) takeAccount(ctx context.Context, header http.Header, actor auth.Actor) error {
	return l.take(ctx, header, l.Account, "account:"+actor.ID.String())
}

// takeLogIn counts an attempt against the allowance of the account that it is for,
// whether there is one or not: somebody may try from many addresses.
func (l Limits) takeLogIn(ctx context.Context, header http.Header, email string) error {
	digest := sha256.Sum256([]byte(strings.ToLower(email))) // so that the store holds no addresses
	return l.take(ctx, header, l.LogIn, "email:"+hex.EncodeToString(digest[:16]))
}

// takePassword counts a try of the password of an account that is logged in: a stolen
// token must not be good for guessing, and to check a password takes the processor.
func (l Limits) takePassword(ctx context.Context, header http.Header, actor auth.Actor) error {
	return l.take(ctx, header, l.LogIn, "account:"+actor.ID.String())
}

// takeMail counts a change of which an e-mail tells. It goes to an address that nobody
// has confirmed, and whose owner must not be flooded.
func (l Limits) takeMail(ctx context.Context, header http.Header, actor auth.Actor) error {
	return l.take(ctx, header, l.Mail, "account:"+actor.ID.String())
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

// network is whom an address belongs to. Whoever has one of IPv6 has at least the
// 2^64 of its network.
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
