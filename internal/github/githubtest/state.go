package githubtest

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// repository is one, as the server keeps it. Its git data is in dir.
type repository struct {
	id                    int
	owner, name           string
	description, homepage string
	private, archived     bool
	topics                []string
	labels                []Label
	milestones            []Milestone
	issues                []Issue
	protection            map[string]Protection // by branch
	runs                  []*run
	runLooks              int
	dir                   string
	left                  int // requests that do not find it yet
}

func (r *repository) fullName() string { return r.owner + "/" + r.name }

// making reports whether the repository is still being made, one request less
// each time it is asked.
func (r *repository) making() bool {
	if r.left > 0 {
		r.left--
		return true
	}
	return false
}

// Label is a label.
type Label struct{ Name, Color, Description string }

// Milestone is a milestone.
type Milestone struct {
	Number             int
	Title, Description string
	Closed             bool
}

// Issue is an issue.
type Issue struct {
	Number      int
	Title, Body string
	Labels      []string
	Milestone   string // its title
	Closed      bool
}

// Protection is that of one branch.
type Protection struct {
	Checks        []string
	Strict        bool
	EnforceAdmins bool
}

// Repository is what a repository has come to. It holds no time and no id, so
// that two histories can be compared by their ends.
type Repository struct {
	Owner, Name           string
	Description, Homepage string
	Private               bool
	Topics                []string
	Labels                []Label
	Milestones            []Milestone
	Issues                []Issue
	Protection            map[string]Protection // by branch
	Refs                  map[string]string     // commits, by full name
}

// State returns all repositories, sorted by name.
func (s *Server) State() []Repository {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Repository
	for _, r := range s.repos {
		labels := slices.Clone(r.labels)
		slices.SortFunc(labels, func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
		all = append(all, Repository{
			Owner: r.owner, Name: r.name, Description: r.description, Homepage: r.homepage, Private: r.private,
			Topics: slices.Clone(r.topics), Labels: labels, Milestones: slices.Clone(r.milestones), Issues: slices.Clone(r.issues),
			Protection: r.protection, Refs: r.refs(),
		})
	}
	slices.SortFunc(all, func(a, b Repository) int { return cmp.Compare(a.Owner+"/"+a.Name, b.Owner+"/"+b.Name) })
	return all
}

// Dir returns the folder of the repository's git data.
func (s *Server) Dir(owner, name string) string { return filepath.Join(s.dir, owner, name+".git") }

// CreateRepository makes a repository as somebody by hand would, with the files
// in one commit on main where there are any.
func (s *Server) CreateRepository(owner, name string, private bool, files map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.create(owner, name)
	if err != nil {
		return err
	}
	r.private, r.left = private, 0
	if len(files) == 0 {
		return nil
	}
	work, err := os.MkdirTemp(s.dir, "work-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // a temporary folder
	for path, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(work, path)), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(work, path), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, args := range [][]string{
		{"init", "--quiet"}, {"symbolic-ref", "HEAD", "refs/heads/main"}, {"add", "--all"},
		{"-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "commit", "--quiet", "--message", "by hand"},
		{"push", "--quiet", r.dir, "main"},
	} {
		if _, err := git(work, args...); err != nil {
			return err
		}
	}
	return nil
}

// Change changes a repository as its owner by hand would.
func (s *Server) Change(owner, name string, change func(*Repository)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(owner, name)
	as := Repository{Description: r.description, Homepage: r.homepage, Private: r.private, Topics: r.topics, Labels: r.labels, Milestones: r.milestones, Issues: r.issues, Protection: r.protection}
	change(&as)
	r.description, r.homepage, r.private, r.topics, r.labels = as.Description, as.Homepage, as.Private, as.Topics, as.Labels
	r.milestones, r.issues, r.protection = as.Milestones, as.Issues, as.Protection
}

// Archive archives a repository.
func (s *Server) Archive(owner, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.find(owner, name).archived = true
}

// defaultLabels are those that a new repository has on GitHub.
var defaultLabels = []Label{
	{"bug", "d73a4a", "Something isn't working"},
	{"documentation", "0075ca", "Improvements or additions to documentation"},
	{"duplicate", "cfd3d7", "This issue or pull request already exists"},
	{"enhancement", "a2eeef", "New feature or request"},
	{"good first issue", "7057ff", "Good for newcomers"},
	{"help wanted", "008672", "Extra attention is needed"},
	{"invalid", "e4e669", "This doesn't seem right"},
	{"question", "d876e3", "Further information is requested"},
	{"wontfix", "ffffff", "This will not be worked on"},
}

// create makes an empty repository; s.mu is held.
func (s *Server) create(owner, name string) (*repository, error) {
	s.lastID++
	r := &repository{
		id: s.lastID, owner: owner, name: name, labels: slices.Clone(defaultLabels),
		protection: map[string]Protection{}, dir: s.Dir(owner, name), left: s.options.Making, runLooks: s.options.RunsAfter,
	}
	if err := r.makeGit(); err != nil {
		return nil, err
	}
	s.repos = append(s.repos, r)
	return r, nil
}

// find returns the repository of that name, in any case, or nil; s.mu is held.
func (s *Server) find(owner, name string) *repository {
	for _, r := range s.repos {
		if strings.EqualFold(r.owner, owner) && strings.EqualFold(r.name, name) {
			return r
		}
	}
	return nil
}

// account returns the user or organisation of that name, in any case, or nil.
func (s *Server) account(login string) *Account {
	i := slices.IndexFunc(s.options.Accounts, func(a Account) bool { return strings.EqualFold(a.Login, login) })
	if i < 0 {
		return nil
	}
	return &s.options.Accounts[i]
}

func (a Account) organization() bool { return a.Members != nil }

// owns reports whether the token's user is the owner of a repository, or a
// member of the organisation that is.
func (s *Server) owns(t Token, owner string) bool {
	a := s.account(owner)
	return t.Login != "" && (strings.EqualFold(t.Login, owner) || a != nil && slices.Contains(a.Members, t.Login))
}

func (t Token) may(scope string) bool { return t.FineGrained || slices.Contains(t.Scopes, scope) }

func (t Token) mayPushWorkflows() bool { return !t.NoWorkflows && t.may("workflow") }

func (s *Server) mayRead(t Token, r *repository) bool {
	return !r.private || s.owns(t, r.owner) && t.may("repo")
}

func (s *Server) mayWrite(t Token, r *repository) bool {
	return s.owns(t, r.owner) && (t.may("repo") || !r.private && t.may("public_repo"))
}
