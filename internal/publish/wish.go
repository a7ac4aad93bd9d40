package publish

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/github"
	"github.com/phasekit/scaffold/internal/shell"
)

// Visibility is who may see a repository.
type Visibility string

// The visibilities. The zero value is public for a new repository and leaves
// one that is there as it is.
const (
	Public  Visibility = "public"
	Private Visibility = "private"
)

// Backlog says what becomes of the phase's weeks.
type Backlog string

// The backlogs.
const (
	NoBacklog Backlog = "none"
	Checklist Backlog = "checklist" // one issue
	Issues    Backlog = "issues"    // an issue for each week, a milestone for each stage
)

// Request is what the user asks for. What is blank follows from the project.
type Request struct {
	Dir         string
	Owner, Name string
	Visibility  Visibility
	Description string
	Topics      []string
	Protect     bool
	Backlog     Backlog
	// Resume is the command that goes on where this one was cut short, for hints.
	Resume string
}

// Wish is what the repository shall be like.
type Wish struct {
	Owner, Name string // Owner "" is the token's own user
	Visibility  Visibility
	Description string
	Redescribe  bool   // also where there is another description
	Homepage    string // set where there is none
	Topics      []string
	Retopic     bool // also where there are other topics, which stay
	Protect     bool
	Backlog     Backlog
}

// wishFor returns what the repository shall be: as the request says, or else as
// the remote origin does, or else as the project was made.
func wishFor(host github.Host, catalog *generator.Catalog, p Project, r Request) (Wish, error) {
	spec := p.Lock.Spec
	owner, name, err := repositoryOf(host, p, r)
	if err != nil {
		return Wish{}, err
	}
	w := Wish{
		Owner: cmp.Or(r.Owner, owner, spec.Owner), Name: cmp.Or(r.Name, name, spec.Name), Visibility: r.Visibility,
		Description: cmp.Or(r.Description, spec.Description), Redescribe: r.Description != "",
		Topics: r.Topics, Retopic: len(r.Topics) > 0, Protect: r.Protect, Backlog: r.Backlog,
	}
	if len(w.Topics) == 0 {
		w.Topics = catalog.Topics(spec)
	}
	if strings.HasPrefix(spec.Module, github.DefaultHost+"/") && strings.EqualFold(spec.Module, github.DefaultHost+"/"+w.Owner+"/"+w.Name) {
		w.Homepage = "https://pkg.go.dev/" + spec.Module
	}
	return w, nil
}

// repositoryOf returns owner and name of the project's repository as its remote
// origin says, or else its module or owner; "" where neither does.
func repositoryOf(host github.Host, p Project, r Request) (owner, name string, err error) {
	if p.Origin == "" {
		spec := p.Lock.Spec
		if host.Name != github.DefaultHost && strings.HasPrefix(spec.Module, github.DefaultHost+"/") {
			return "", "", nil
		}
		owner, name, _ = strings.Cut(spec.Repository(), "/")
		return owner, name, nil
	}
	elsewhere := shell.In(p.Dir, "git remote rename origin elsewhere")
	owner, name, ok := repositoryAt(host, p.Origin)
	if !ok {
		return "", "", generator.Errorf(elsewhere, "the remote origin is not on %s", host.Name)
	}
	if r.Owner != "" && !strings.EqualFold(r.Owner, owner) || r.Name != "" && !strings.EqualFold(r.Name, name) {
		return "", "", generator.Errorf("leave --owner and --name out, or: "+elsewhere, "the remote origin is %s/%s already", owner, name)
	}
	return owner, name, nil
}

// repositoryAt reads owner and name from a remote's address on host, in any of
// the ways in which git writes one.
func repositoryAt(host github.Host, address string) (owner, name string, ok bool) {
	if !strings.Contains(address, "://") { // user@host:path
		at, path, _ := strings.Cut(address, ":")
		address = "ssh://" + at + "/" + path
	}
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Host, host.Web.Host) && !strings.EqualFold(u.Hostname(), host.Web.Hostname()) {
		return "", "", false
	}
	owner, name, ok = strings.Cut(strings.Trim(u.Path, "/"), "/")
	return owner, strings.TrimSuffix(name, ".git"), ok && !strings.Contains(name, "/")
}
