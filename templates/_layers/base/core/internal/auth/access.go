package auth

// Scope is how far a permission reaches.
type Scope int

// The scopes, from the narrowest to the widest.
const (
	None Scope = iota // not at all
	Own               // only what belongs to the actor
	Any               // whatever it belongs to
)

func (s Scope) String() string {
	switch s {
	case Own:
		return "own"
	case Any:
		return "any"
	default:
		return "none"
	}
}

// Action is something that a service does for an actor.
type Action string

// Rule is how far each kind of actor may take one action.
type Rule struct {
	Guest, User, Admin Scope
}

// Policy holds the rule of every action. An action without a rule is allowed to
// nobody.
type Policy map[Action]Rule

// Scope says how far actor may take action. It is never None without an error:
// ErrUnauthenticated asks a guest to log in, ErrForbidden is final.
func (p Policy) Scope(actor Actor, action Action) (Scope, error) {
	rule := p[action]
	switch actor.Role {
	case RoleAdmin:
		return allowed(rule.Admin, ErrForbidden)
	case RoleUser:
		return allowed(rule.User, ErrForbidden)
	default:
		return allowed(rule.Guest, ErrUnauthenticated)
	}
}

func allowed(scope Scope, otherwise error) (Scope, error) {
	if scope == None {
		return None, otherwise
	}
	return scope, nil
}
