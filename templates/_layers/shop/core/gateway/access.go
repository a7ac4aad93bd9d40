package gateway

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"example.com/app/internal/auth"
	"example.com/app/internal/limit"
	"example.com/app/internal/request"
	"example.com/app/platform/identity"
)

// withoutIdentity keeps clients from bringing a passport of their own.
func withoutIdentity(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del(identity.Header)
		next.ServeHTTP(w, r)
	})
}

// handler answers a request of somebody, who is the blank actor when it is a guest.
type handler func(w http.ResponseWriter, r *http.Request, by auth.Actor)

// identified finds out who is asking.
func (g *gateway) identified(next handler) http.Handler {
	return g.limited(g.Limits.IP, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var by auth.Actor
		if token, given := request.BearerToken(r); given {
			var err error
			if by, err = g.admit(r, w.Header(), token); err != nil {
				g.failed(w, r, err)
				return
			}
		}
		next(w, r, by)
	}))
}

// admit returns whose token it is, and counts the request as theirs.
func (g *gateway) admit(r *http.Request, header http.Header, token string) (auth.Actor, error) {
	actor, err := g.Access.Verify(token)
	if err != nil {
		return auth.Actor{}, err
	}
	return actor, g.take(r, header, g.Limits.Account, "account:"+actor.ID.String())
}

// introduce tells a service by a passport who is asking. Guests have none.
func (g *gateway) introduce(header http.Header, by auth.Actor, u *Upstream) error {
	if by == (auth.Actor{}) {
		return nil
	}
	passport, err := g.Gate.Sign(by, u.Name())
	if err != nil {
		return err
	}
	header.Set(identity.Header, passport)
	return nil
}

// limited lets an address ask as often as the policy allows.
func (g *gateway) limited(p limit.Policy, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.take(r, w.Header(), p, "ip:"+g.network(r)); err != nil {
			g.failed(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// take tells the client how much is left, and returns limit.ErrExceeded when that is not
// enough.
func (g *gateway) take(r *http.Request, header http.Header, p limit.Policy, key string) error {
	decision, err := g.Limits.Store.Take(r.Context(), p, key)
	if err != nil {
		return err
	}
	g.Limits.Observed(p.Name, decision.Allowed)
	decision.SetHeaders(header, p)
	if !decision.Allowed {
		return limit.ErrExceeded
	}
	return nil
}

// clientIP is the address of whoever sent the request to the first proxy that we trust.
func (g *gateway) clientIP(r *http.Request) string {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !g.trusted(ip) {
			break
		}
		if hop = strings.TrimSpace(hop); hop == "" {
			break
		}
		ip = hop
	}
	return ip
}

func (g *gateway) trusted(ip string) bool {
	addr, err := netip.ParseAddr(ip)
	return err == nil && slices.ContainsFunc(g.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// network is whom an address belongs to. Whoever has one of IPv6 has at least the 2^64 of
// its network.
func (g *gateway) network(r *http.Request) string {
	ip := g.clientIP(r)
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
