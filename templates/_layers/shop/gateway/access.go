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

// identified finds out who is asking, and tells next by a passport. A client cannot bring
// one of its own.
func (g *gateway) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del(identity.Header)
		if err := g.take(r, w.Header(), g.Limits.IP, "ip:"+g.network(r)); err != nil {
			g.failed(w, r, err)
			return
		}
		token, given := request.BearerToken(r)
		if !given {
			next.ServeHTTP(w, r)
			return
		}
		actor, err := g.Access.Verify(token)
		if err != nil {
			g.failed(w, r, err)
			return
		}
		if err := g.admit(w, r, actor); err != nil {
			g.failed(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admit counts a request of an actor, and writes its passport.
func (g *gateway) admit(w http.ResponseWriter, r *http.Request, actor auth.Actor) error {
	if err := g.take(r, w.Header(), g.Limits.Account, "account:"+actor.ID.String()); err != nil {
		return err
	}
	passport, err := g.Gate.Sign(actor)
	if err != nil {
		return err
	}
	r.Header.Set(identity.Header, passport)
	r.Header.Del("Authorization") // nobody behind the gateway has a use for it
	return nil
}

// limitLogIn allows an address few tries of passwords.
func (g *gateway) limitLogIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.take(r, w.Header(), g.Limits.LogIn, "ip:"+g.network(r)); err != nil {
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
