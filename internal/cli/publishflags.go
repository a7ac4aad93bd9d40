package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/publish"
	"github.com/phasekit/scaffold/internal/shell"
)

// publishFlags say how to publish. `scaffold new` has all but the first three.
type publishFlags struct {
	owner, name     string
	description     string
	public, private bool
	topics          []string
	protect         bool
	backlog         string
	wait            bool
	host            string
}

// register adds the flags that publish and new share.
func (p *publishFlags) register(f *pflag.FlagSet) {
	f.BoolVar(&p.public, "public", false, "create a public repository (default)")
	f.BoolVar(&p.private, "private", false, "create a private repository")
	f.StringSliceVar(&p.topics, "topics", nil, "GitHub topics, `a,b` (default: the phase's)")
	f.BoolVar(&p.protect, "protect", false, "let main require the check CI, which stands for all jobs of ci.yml")
	f.StringVar(&p.backlog, "backlog", string(publish.Checklist), "the phase's weeks in one issue, or in one each, `none|checklist|issues`")
	f.BoolVar(&p.wait, "wait", false, "wait for the first workflow runs, and fail if one does")
	f.StringVar(&p.host, "host", "", "GitHub `HOST` (default: GH_HOST, or github.com)")
}

var (
	backlogs       = []string{string(publish.NoBacklog), string(publish.Checklist), string(publish.Issues)}
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	topicName      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,49}$`)
)

// check refuses values that GitHub would refuse, before anything is done.
func (p publishFlags) check() error {
	if p.public && p.private {
		return usageError("choose one", "--public and --private exclude each other")
	}
	if !slices.Contains(backlogs, p.backlog) {
		hint := generator.DidYouMean(p.backlog, backlogs, "valid: "+strings.Join(backlogs, ", "))
		return usageError(hint, "--backlog %q is not known", p.backlog)
	}
	for _, topic := range p.topics {
		if !topicName.MatchString(topic) {
			return usageError("at most 50 lower-case letters, digits and hyphens, such as --topics go,rest-api", "invalid topic %q", topic)
		}
	}
	if p.owner != "" && !generator.ValidOwner(p.owner) {
		return usageError("for example --owner acme", "--owner %q is no GitHub user or organisation", p.owner)
	}
	if p.name != "" && (!repositoryName.MatchString(p.name) || p.name == "." || p.name == "..") {
		return usageError("at most 100 letters, digits, hyphens, underscores and dots", "--name %q is no repository's name", p.name)
	}
	if strings.ContainsAny(p.description, "\n\r\t") || len([]rune(p.description)) > 350 {
		return usageError("one line of at most 350 characters", "GitHub does not take that --description")
	}
	return nil
}

// request returns what the flags ask for, for the project in dir.
func (p publishFlags) request(dir string) publish.Request {
	r := publish.Request{
		Dir: dir, Owner: p.owner, Name: p.name, Description: p.description, Topics: p.topics,
		Protect: p.protect, Backlog: publish.Backlog(p.backlog), Resume: p.command(dir),
	}
	switch {
	case p.private:
		r.Visibility = publish.Private
	case p.public:
		r.Visibility = publish.Public
	}
	return r
}

// command is the command line of publish with these flags.
func (p publishFlags) command(dir string) string {
	words := []string{"scaffold", "publish"}
	if dir != "." {
		words = append(words, shell.Quote(dir))
	}
	for _, f := range []struct{ flag, value string }{
		{"--owner", p.owner}, {"--name", p.name}, {"--description", p.description}, {"--topics", strings.Join(p.topics, ",")}, {"--host", p.host},
	} {
		if f.value != "" {
			words = append(words, f.flag, shell.Quote(f.value))
		}
	}
	for _, f := range []struct {
		flag string
		set  bool
	}{{"--public", p.public}, {"--private", p.private}, {"--protect", p.protect}, {"--wait", p.wait}} {
		if f.set {
			words = append(words, f.flag)
		}
	}
	if p.backlog != string(publish.Checklist) {
		words = append(words, "--backlog", p.backlog)
	}
	return strings.Join(words, " ")
}
