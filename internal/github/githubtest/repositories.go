package githubtest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
)

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
		"private": r.private, "visibility": visibility, "archived": r.archived, "disabled": false, "fork": false, "has_issues": true,
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

func (s *Server) getTopics(c call) answer {
	return ok(object{"names": append([]string{}, c.repo.topics...)})
}

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
