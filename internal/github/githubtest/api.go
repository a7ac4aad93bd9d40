package githubtest

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
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
		"GET /repos/{owner}/{repo}/topics":                       s.getTopics,
		"PUT /repos/{owner}/{repo}/topics":                       s.replaceTopics,
		"GET /repos/{owner}/{repo}/labels":                       s.listLabels,
		"POST /repos/{owner}/{repo}/labels":                      s.createLabel,
		"GET /repos/{owner}/{repo}/milestones":                   s.listMilestones,
		"POST /repos/{owner}/{repo}/milestones":                  s.createMilestone,
		"GET /repos/{owner}/{repo}/issues":                       s.listIssues,
		"POST /repos/{owner}/{repo}/issues":                      s.createIssue,
		"GET /repos/{owner}/{repo}/branches/{branch}":            s.getBranch,
		"GET /repos/{owner}/{repo}/branches/{branch}/protection": s.getProtection,
		"PUT /repos/{owner}/{repo}/branches/{branch}/protection": s.protect,
		"GET /repos/{owner}/{repo}/actions/runs":                 s.listRuns,
		"GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs":   s.listJobs,
	}
}

// kept are the fields of a body that the server keeps. Any other would be lost
// without a word, and State be wrong, so it is refused.
var kept = map[string][]string{
	"POST /user/repos":                      {"name", "description", "homepage", "private"},
	"POST /orgs/{org}/repos":                {"name", "description", "homepage", "private"},
	"PATCH /repos/{owner}/{repo}":           {"description", "homepage"},
	"PUT /repos/{owner}/{repo}/topics":      {"names"},
	"POST /repos/{owner}/{repo}/labels":     {"name", "color", "description"},
	"POST /repos/{owner}/{repo}/milestones": {"title", "description"},
	"POST /repos/{owner}/{repo}/issues":     {"title", "body", "labels", "milestone"},
	"PUT /repos/{owner}/{repo}/branches/{branch}/protection": {
		"required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions", "allow_force_pushes", "allow_deletions",
	},
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
			for name := range c.body {
				if !slices.Contains(kept[pattern], name) {
					s.violation("%s %s: this server does not keep %s", r.Method, r.URL.Path, name)
					respond(w, refuse(http.StatusUnprocessableEntity, name+" is more than this server keeps"))
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
		if c.repo == nil || !s.mayRead(c.token, c.repo) {
			return notFound()
		}
		if c.repo.making() {
			if c.repo.left%2 == 0 {
				return refuse(http.StatusConflict, "Git Repository is empty.")
			}
			return notFound()
		}
		if write && !s.mayWrite(c.token, c.repo) {
			return refuse(http.StatusForbidden, "Must have admin rights to Repository.")
		}
		if write && c.repo.archived {
			return refuse(http.StatusForbidden, "Repository was archived so is read-only.")
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
	w.Header().Set("X-RateLimit-Used", "100")
	w.Header().Set("X-RateLimit-Resource", "core")
	w.Header().Set("X-GitHub-Media-Type", "github.v3; format=json")
	w.Header().Set("X-GitHub-Request-Id", rand.Text())
	_, pattern := s.routes.Handler(r)
	if token, known := s.token(r); known && !token.FineGrained {
		w.Header()["X-Oauth-Scopes"] = []string{strings.Join(token.Scopes, ", ")}
	}
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
