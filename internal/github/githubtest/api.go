package githubtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object.
type object = map[string]any

// call is one request to the API, by whom and about which repository.
type call struct {
	*http.Request
	body  object
	token Token
	repo  *repository // of paths that name one
}

// answer is what the API says.
type answer struct {
	status int
	body   any
	link   string // the header of lists that go on
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func refuse(status int, message string, problems ...object) answer {
	body := object{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)}
	if len(problems) > 0 {
		body["errors"] = problems
	}
	return answer{status: status, body: body}
}

func notFound() answer { return refuse(http.StatusNotFound, "Not Found") }

func invalid(resource, code, field, message string) answer {
	problem := object{"resource": resource, "code": code, "field": field}
	if message != "" {
		problem["message"] = message
	}
	return refuse(http.StatusUnprocessableEntity, "Validation Failed", problem)
}

// handlers are those of each path. The patterns are GitHub's description's, word
// for word.
func (s *Server) handlers() map[string]func(call) answer {
	return map[string]func(call) answer{
		"GET /user":                                              s.getUser,
		"GET /user/orgs":                                         s.listOrganizations,
		"GET /users/{username}":                                  s.getAccount,
		"GET /orgs/{org}":                                        s.getOrganization,
		"POST /user/repos":                                       s.createForUser,
		"POST /orgs/{org}/repos":                                 s.createForOrganization,
		"GET /repos/{owner}/{repo}":                              s.getRepository,
		"PATCH /repos/{owner}/{repo}":                            s.editRepository,
		"GET /repos/{owner}/{repo}/contents/{path}":              s.getContents,
		"PUT /repos/{owner}/{repo}/topics":                       s.replaceTopics,
		"GET /repos/{owner}/{repo}/labels":                       s.listLabels,
		"POST /repos/{owner}/{repo}/labels":                      s.createLabel,
		"GET /repos/{owner}/{repo}/milestones":                   s.listMilestones,
		"POST /repos/{owner}/{repo}/milestones":                  s.createMilestone,
		"GET /repos/{owner}/{repo}/issues":                       s.listIssues,
		"POST /repos/{owner}/{repo}/issues":                      s.createIssue,
		"GET /repos/{owner}/{repo}/branches/{branch}/protection": s.getProtection,
		"PUT /repos/{owner}/{repo}/branches/{branch}/protection": s.protect,
		"GET /repos/{owner}/{repo}/actions/runs":                 s.listRuns,
		"GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs":   s.listJobs,
	}
}

// patterns lists the patterns of all handlers.
func patterns() []string { return slices.Collect(maps.Keys((*Server)(nil).handlers())) }

// api routes the requests.
func (s *Server) api() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, handle := range s.handlers() {
		write := !strings.HasPrefix(pattern, "GET ")
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			c := call{Request: r}
			if write {
				if err := json.NewDecoder(r.Body).Decode(&c.body); err != nil {
					respond(w, refuse(http.StatusBadRequest, "Problems parsing JSON"))
					return
				}
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			respond(w, s.handle(c, write, handle))
		})
	}
	return mux
}

// handle lets a call through to whom it is for, if it may go there.
func (s *Server) handle(c call, write bool, handle func(call) answer) answer {
	var known bool
	if c.token, known = s.token(c.Request); !known {
		return refuse(http.StatusUnauthorized, "Bad credentials")
	}
	if owner := c.PathValue("owner"); owner != "" {
		c.repo = s.find(owner, c.PathValue("repo"))
		if c.repo == nil || !s.mayRead(c.token, c.repo) || c.repo.making() {
			return notFound()
		}
		if write && !s.mayWrite(c.token, c.repo) {
			return refuse(http.StatusForbidden, "Must have admin rights to Repository.")
		}
	}
	return handle(c)
}

func respond(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if a.link != "" {
		w.Header().Set("Link", a.link)
	}
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // into a recorder
}

// serveAPI answers a request of the API and holds both against the description.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("X-RateLimit-Limit", "5000")
	w.Header().Set("X-RateLimit-Remaining", "4900")
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10))
	if token, known := s.token(r); known && !token.FineGrained {
		w.Header()["X-Oauth-Scopes"] = []string{strings.Join(token.Scopes, ", ")}
	}
	_, pattern := s.routes.Handler(r)
	if pattern == "" {
		s.violation("%s %s: this server does not know it", r.Method, r.URL.Path)
		respond(w, notFound())
		return
	}
	if s.schema == nil {
		s.routes.ServeHTTP(w, r)
		return
	}
	said := httptest.NewRecorder()
	s.routes.ServeHTTP(said, r)
	exchange := exchange{pattern: pattern, request: r, body: body, status: said.Code, header: said.Header(), answer: said.Body.Bytes()}
	whole, problems := s.schema.check(&exchange)
	for _, problem := range problems {
		s.violation("%s %s: %v", r.Method, r.URL.Path, problem)
	}
	maps.Copy(w.Header(), said.Header())
	w.WriteHeader(said.Code)
	_, _ = w.Write(whole) // into a recorder
}

func (s *Server) getUser(c call) answer {
	if c.token.Login == "" {
		return refuse(http.StatusForbidden, "Resource not accessible by integration")
	}
	return ok(s.userJSON(*s.account(c.token.Login), true))
}

func (s *Server) userJSON(a Account, self bool) object {
	kind := "User"
	if a.organization() {
		kind = "Organization"
	}
	u := object{"login": a.Login, "id": 1 + slices.IndexFunc(s.options.Accounts, func(b Account) bool { return b.Login == a.Login }), "type": kind, "html_url": s.URL + a.Login, "user_view_type": "public"}
	if self {
		u["user_view_type"] = "private"
	}
	if self && a.Plan != "" {
		u["plan"] = object{"name": a.Plan, "space": 976562499, "private_repos": 10000, "collaborators": 0}
		u["owned_private_repos"] = 0
	}
	return u
}

func (s *Server) listOrganizations(c call) answer {
	if !c.token.may("read:org") && !c.token.may("user") {
		return refuse(http.StatusForbidden, "You need at least read:org scope or user scope to list your organizations.")
	}
	list := []object{}
	for _, a := range s.options.Accounts {
		if a.organization() && slices.Contains(a.Members, c.token.Login) {
			list = append(list, object{"login": a.Login, "id": len(list) + 1})
		}
	}
	return ok(list)
}

func (s *Server) getAccount(c call) answer {
	if a := s.account(c.PathValue("username")); a != nil {
		return ok(s.userJSON(*a, false))
	}
	return notFound()
}

func (s *Server) getOrganization(c call) answer {
	a := s.account(c.PathValue("org"))
	if a == nil || !a.organization() {
		return notFound()
	}
	org := object{"login": a.Login, "id": 1, "type": "Organization"}
	if slices.Contains(a.Members, c.token.Login) {
		org["plan"] = object{"name": a.Plan, "space": 976562499, "private_repos": 10000}
		org["members_can_create_repositories"] = !a.NoPublic || !a.NoPrivate
		org["members_can_create_public_repositories"] = !a.NoPublic
		org["members_can_create_private_repositories"] = !a.NoPrivate
	}
	return ok(org)
}

func (s *Server) createForUser(c call) answer {
	return s.createRepository(c, *s.account(c.token.Login))
}

func (s *Server) createForOrganization(c call) answer {
	a := s.account(c.PathValue("org"))
	if a == nil || !a.organization() {
		return notFound()
	}
	private, _ := c.body["private"].(bool)
	if !slices.Contains(a.Members, c.token.Login) || private && a.NoPrivate || !private && a.NoPublic {
		return refuse(http.StatusForbidden, "You need admin access to the organization before adding a repository to it.")
	}
	return s.createRepository(c, *a)
}

var repositoryName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

func (s *Server) createRepository(c call, owner Account) answer {
	private, _ := c.body["private"].(bool)
	if !c.token.may("repo") && (private || !c.token.may("public_repo")) {
		return notFound()
	}
	name, _ := c.body["name"].(string)
	if !repositoryName.MatchString(name) {
		return refuse(http.StatusUnprocessableEntity, "Repository creation failed.",
			object{"resource": "Repository", "code": "custom", "field": "name", "message": "name can only contain ASCII letters, digits, and the characters ., -, and _"})
	}
	if s.find(owner.Login, name) != nil {
		return refuse(http.StatusUnprocessableEntity, "Repository creation failed.",
			object{"resource": "Repository", "code": "custom", "field": "name", "message": "name already exists on this account"})
	}
	r, err := s.create(owner.Login, name)
	if err != nil {
		return refuse(http.StatusInternalServerError, err.Error())
	}
	r.private = private
	r.description, _ = c.body["description"].(string)
	r.homepage, _ = c.body["homepage"].(string)
	return answer{status: http.StatusCreated, body: s.repositoryJSON(c.token, r)}
}

func (s *Server) repositoryJSON(t Token, r *repository) object {
	page, visibility := s.URL+r.fullName(), "public"
	if r.private {
		visibility = "private"
	}
	write := s.mayWrite(t, r) && !r.archived
	return object{
		"id": r.id, "name": r.name, "full_name": r.fullName(), "owner": s.userJSON(*s.account(r.owner), false),
		"private": r.private, "visibility": visibility, "archived": r.archived, "disabled": false, "fork": false,
		"description": orNull(r.description), "homepage": orNull(r.homepage), "topics": append([]string{}, r.topics...),
		"html_url": page, "clone_url": page + ".git", "default_branch": "main",
		"permissions": object{"admin": write, "maintain": write, "push": write, "triage": write, "pull": true},
	}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (s *Server) getRepository(c call) answer { return ok(s.repositoryJSON(c.token, c.repo)) }

func (s *Server) editRepository(c call) answer {
	for key, value := range c.body {
		text, _ := value.(string)
		switch key {
		case "description":
			c.repo.description = text
		case "homepage":
			c.repo.homepage = text
		default:
			return refuse(http.StatusUnprocessableEntity, key+" is more than this server changes")
		}
	}
	return s.getRepository(c)
}

func (s *Server) getContents(c call) answer {
	branch := c.URL.Query().Get("ref")
	data, found := c.repo.file(branch, c.PathValue("path"))
	if !found {
		return notFound()
	}
	path := c.PathValue("path")
	return ok(object{
		"type": "file", "encoding": "base64", "size": len(data), "name": path, "path": path,
		"content": base64.StdEncoding.EncodeToString(data), "sha": "0000000000000000000000000000000000000000",
		"url": s.URL, "git_url": nil, "html_url": nil, "download_url": nil, "_links": object{"git": nil, "html": nil, "self": s.URL},
	})
}

var topicName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,49}$`)

func (s *Server) replaceTopics(c call) answer {
	names, _ := c.body["names"].([]any)
	topics := []string{}
	for _, n := range names {
		name := fmt.Sprint(n)
		if !topicName.MatchString(name) || len(names) > 20 {
			return refuse(http.StatusUnprocessableEntity, "Validation Failed")
		}
		topics = append(topics, name)
	}
	c.repo.topics = topics
	return ok(object{"names": topics})
}

func (s *Server) getProtection(c call) answer {
	if denied, is := s.unpaid(c); is {
		return denied
	}
	branch := c.PathValue("branch")
	if c.repo.refs()["refs/heads/"+branch] == "" {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	p, protected := c.repo.protection[branch]
	if !protected {
		return refuse(http.StatusNotFound, "Branch not protected")
	}
	checks := []object{}
	for _, name := range p.Checks {
		checks = append(checks, object{"context": name, "app_id": nil})
	}
	return ok(object{
		"url":                    s.URL,
		"required_status_checks": object{"url": s.URL, "contexts_url": s.URL, "strict": p.Strict, "contexts": append([]string{}, p.Checks...), "checks": checks},
		"enforce_admins":         object{"url": s.URL, "enabled": p.EnforceAdmins},
		"allow_force_pushes":     object{"enabled": false}, "allow_deletions": object{"enabled": false},
	})
}

func (s *Server) protect(c call) answer {
	if denied, is := s.unpaid(c); is {
		return denied
	}
	branch := c.PathValue("branch")
	if c.repo.refs()["refs/heads/"+branch] == "" {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	p := Protection{}
	if required, given := c.body["required_status_checks"].(object); given {
		p.Strict, _ = required["strict"].(bool)
		contexts, _ := required["contexts"].([]any)
		for _, name := range contexts {
			p.Checks = append(p.Checks, fmt.Sprint(name))
		}
	}
	p.EnforceAdmins, _ = c.body["enforce_admins"].(bool)
	if c.body["allow_force_pushes"] == true || c.body["allow_deletions"] == true {
		return refuse(http.StatusUnprocessableEntity, "nobody who uses this server asks for that")
	}
	c.repo.protection[branch] = p
	return s.getProtection(c)
}

// unpaid is the answer for private repositories of a plan without protection.
func (s *Server) unpaid(c call) (answer, bool) {
	const message = "Upgrade to GitHub Pro or make this repository public to enable this feature."
	return refuse(http.StatusForbidden, message), c.repo.private && s.account(c.repo.owner).Plan == "free"
}
