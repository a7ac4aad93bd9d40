package main

import (
	"bytes"
	"io/fs"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"scaffold": main})
}

// TestScripts runs the command line as a user types it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			// A machine without settings: each script says what it needs. The
			// caches are the machine's, so that nothing is fetched.
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOFLAGS"} {
				env.Setenv(name, goEnv(t, name))
			}
			env.Setenv("GOPROXY", "off")
			env.Setenv("MACHINE_GOPROXY", goEnv(t, "GOPROXY"))
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("GIT_CEILING_DIRECTORIES", env.WorkDir)
			return os.Mkdir(env.WorkDir+"/home", 0o755)
		},
		Condition: func(cond string) (bool, error) {
			return cond == "root" && os.Geteuid() == 0, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"samefolders": sameFolders,
		},
	})
}

// sameFolders demands that two folders hold the same files with the same bytes
// and modes.
func sameFolders(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: samefolders DIR DIR")
	}
	a, b := os.DirFS(ts.MkAbs(args[0])), os.DirFS(ts.MkAbs(args[1]))
	for _, pair := range [][2]fs.FS{{a, b}, {b, a}} {
		ts.Check(fs.WalkDir(pair[0], ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			here, err := fs.ReadFile(pair[0], path)
			ts.Check(err)
			there, err := fs.ReadFile(pair[1], path)
			ts.Check(err)
			info, err := d.Info()
			ts.Check(err)
			other, err := fs.Stat(pair[1], path)
			ts.Check(err)
			if !bytes.Equal(here, there) || info.Mode() != other.Mode() {
				ts.Fatalf("%s differs", path)
			}
			return nil
		}))
	}
}
