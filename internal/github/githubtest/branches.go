package githubtest

import (
	"fmt"
	"net/http"
)

func (s *Server) getBranch(c call) answer {
	branch := c.PathValue("branch")
	commit := c.repo.refs()["refs/heads/"+branch]
	if commit == "" {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	_, protected := c.repo.protection[branch]
	return ok(object{"name": branch, "commit": object{"sha": commit}, "protected": protected})
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
		checks, _ := required["checks"].([]any)
		for _, check := range checks {
			of, _ := check.(object)
			p.Checks = append(p.Checks, fmt.Sprint(of["context"]))
		}
	}
	p.EnforceAdmins, _ = c.body["enforce_admins"].(bool)
	if c.body["allow_force_pushes"] == true || c.body["allow_deletions"] == true ||
		c.body["required_pull_request_reviews"] != nil || c.body["restrictions"] != nil {
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
