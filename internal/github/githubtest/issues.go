package githubtest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// page is the part of a list that a call asks for, with the query that leads to
// the next one.
func page[T any](c call, all []T) (part []T, next string) {
	query := c.URL.Query()
	number := func(name string, byDefault int) int {
		if n, err := strconv.Atoi(query.Get(name)); err == nil && n > 0 {
			return n
		}
		return byDefault
	}
	size, n := min(number("per_page", 30), 100), number("page", 1)
	from, to := min((n-1)*size, len(all)), min(n*size, len(all))
	if to < len(all) {
		query.Set("page", strconv.Itoa(n+1))
		next = query.Encode()
	}
	return all[from:to], next
}

// list answers with a page of a list.
func list[T any](s *Server, c call, all []T, convert func(T) object) answer {
	part, next := page(c, all)
	objects := []object{}
	for _, item := range part {
		objects = append(objects, convert(item))
	}
	a := ok(objects)
	a.link = s.link(c, next)
	return a
}

// link is the header that leads to the next page of a list, if there is one.
func (s *Server) link(c call, next string) string {
	if next == "" {
		return ""
	}
	return fmt.Sprintf(`<%s?%s>; rel="next"`, s.base()+strings.TrimPrefix((&url.URL{Path: c.URL.Path}).String(), "/"), next)
}

func open(closed bool) string {
	if closed {
		return "closed"
	}
	return "open"
}

// inState drops what the query's state does not ask for; it asks for open ones
// where it is not there.
func inState[T any](c call, all []T, closed func(T) bool) []T {
	state := cmp.Or(c.URL.Query().Get("state"), "open")
	return slices.DeleteFunc(slices.Clone(all), func(item T) bool { return state != "all" && state != open(closed(item)) })
}

func (s *Server) labelJSON(l Label) object {
	return object{"name": l.Name, "color": l.Color, "description": orNull(l.Description), "default": slices.Contains(defaultLabels, l)}
}

func (s *Server) listLabels(c call) answer { return list(s, c, c.repo.labels, s.labelJSON) }

func (s *Server) createLabel(c call) answer {
	l := Label{Color: "ededed"}
	l.Name, _ = c.body["name"].(string)
	if color, given := c.body["color"].(string); given {
		l.Color = color
	}
	l.Description, _ = c.body["description"].(string)
	switch {
	case l.Name == "" || len(l.Color) != 6 || strings.Trim(l.Color, "0123456789abcdefABCDEF") != "":
		return invalid("Label", "invalid", "color", "")
	case len([]rune(l.Description)) > 100:
		return invalid("Label", "custom", "description", "description is too long (maximum is 100 characters)")
	case c.repo.hasLabel(l.Name):
		return invalid("Label", "already_exists", "name", "")
	}
	c.repo.labels = append(c.repo.labels, l)
	return answer{status: http.StatusCreated, body: s.labelJSON(l)}
}

func (r *repository) hasLabel(name string) bool {
	return slices.ContainsFunc(r.labels, func(l Label) bool { return strings.EqualFold(l.Name, name) })
}

func (s *Server) milestoneJSON(m Milestone) object {
	return object{"number": m.Number, "title": m.Title, "description": orNull(m.Description), "state": open(m.Closed), "closed_at": nil, "due_on": nil}
}

func (s *Server) listMilestones(c call) answer {
	return list(s, c, inState(c, c.repo.milestones, func(m Milestone) bool { return m.Closed }), s.milestoneJSON)
}

func (s *Server) createMilestone(c call) answer {
	m := Milestone{Number: len(c.repo.milestones) + 1}
	m.Title, _ = c.body["title"].(string)
	m.Description, _ = c.body["description"].(string)
	if m.Title == "" {
		return invalid("Milestone", "missing_field", "title", "")
	}
	if slices.ContainsFunc(c.repo.milestones, func(have Milestone) bool { return have.Title == m.Title }) {
		return invalid("Milestone", "already_exists", "title", "")
	}
	c.repo.milestones = append(c.repo.milestones, m)
	return answer{status: http.StatusCreated, body: s.milestoneJSON(m)}
}

func (s *Server) issueJSON(r *repository) func(Issue) object {
	return func(i Issue) object {
		labels := []object{}
		for _, name := range i.Labels {
			at := slices.IndexFunc(r.labels, func(l Label) bool { return strings.EqualFold(l.Name, name) })
			labels = append(labels, s.labelJSON(r.labels[at]))
		}
		o := object{"number": i.Number, "title": i.Title, "body": orNull(i.Body), "state": open(i.Closed), "labels": labels, "milestone": nil, "closed_at": nil}
		if at := slices.IndexFunc(r.milestones, func(m Milestone) bool { return m.Title == i.Milestone }); at >= 0 {
			o["milestone"] = s.milestoneJSON(r.milestones[at])
		}
		return o
	}
}

func (s *Server) listIssues(c call) answer {
	return list(s, c, inState(c, c.repo.issues, func(i Issue) bool { return i.Closed }), s.issueJSON(c.repo))
}

func (s *Server) createIssue(c call) answer {
	i := Issue{Number: len(c.repo.issues) + 1}
	i.Title, _ = c.body["title"].(string)
	i.Body, _ = c.body["body"].(string)
	if i.Title == "" || len(i.Title) > 256 || len(i.Body) > 65536 {
		return invalid("Issue", "invalid", "title", "")
	}
	if number, given := c.body["milestone"].(float64); given {
		at := slices.IndexFunc(c.repo.milestones, func(m Milestone) bool { return m.Number == int(number) })
		if at < 0 {
			return invalid("Issue", "invalid", "milestone", "")
		}
		i.Milestone = c.repo.milestones[at].Title
	}
	names, _ := c.body["labels"].([]any)
	for _, n := range names {
		name := fmt.Sprint(n)
		if !c.repo.hasLabel(name) { // GitHub makes it
			c.repo.labels = append(c.repo.labels, Label{Name: name, Color: "ededed"})
		}
		i.Labels = append(i.Labels, name)
	}
	c.repo.issues = append(c.repo.issues, i)
	return answer{status: http.StatusCreated, body: s.issueJSON(c.repo)(i)}
}

func (s *Server) listRuns(c call) answer {
	query := c.URL.Query()
	if c.repo.runLooks != 0 {
		c.repo.runLooks-- // never 0 from -1 on
		return ok(object{"total_count": 0, "workflow_runs": []object{}})
	}
	runs := []object{}
	for _, r := range c.repo.runs {
		if !slices.Contains([]string{"", r.commit}, query.Get("head_sha")) ||
			!slices.Contains([]string{"", "push"}, query.Get("event")) || !slices.Contains([]string{"", "main"}, query.Get("branch")) {
			continue
		}
		status, conclusion := r.status()
		runs = append(runs, object{
			"id": r.id, "name": r.name, "path": r.path, "head_sha": r.commit, "head_branch": "main", "event": "push",
			"status": status, "conclusion": orNull(conclusion), "html_url": fmt.Sprintf("%s%s/actions/runs/%d", s.URL, c.repo.fullName(), r.id),
		})
	}
	slices.Reverse(runs) // the newest first
	part, next := page(c, runs)
	return answer{status: http.StatusOK, body: object{"total_count": len(runs), "workflow_runs": part}, link: s.link(c, next)}
}

func (s *Server) listJobs(c call) answer {
	at := slices.IndexFunc(c.repo.runs, func(r *run) bool { return strconv.Itoa(r.id) == c.PathValue("run_id") })
	if at < 0 {
		return notFound()
	}
	r := c.repo.runs[at]
	jobs := []object{}
	for _, j := range r.jobs {
		o := object{
			"id": j.id, "run_id": r.id, "name": j.name, "head_sha": r.commit, "status": steps[j.step], "conclusion": nil,
			"started_at": "2026-01-01T00:00:00Z", "completed_at": nil,
			"html_url": fmt.Sprintf("%s%s/actions/runs/%d/job/%d", s.URL, c.repo.fullName(), r.id, j.id),
		}
		if j.step == len(steps)-1 {
			o["conclusion"], o["completed_at"] = j.conclusion, "2026-01-01T00:00:41Z"
		}
		jobs = append(jobs, o)
	}
	if unfinished := slices.IndexFunc(r.jobs, func(j *job) bool { return j.step < len(steps)-1 }); unfinished >= 0 {
		r.jobs[unfinished].step++
	}
	part, next := page(c, jobs)
	return answer{status: http.StatusOK, body: object{"total_count": len(jobs), "jobs": part}, link: s.link(c, next)}
}
