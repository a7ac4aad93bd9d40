//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/templates"
)

// The budget: what it may cost to render and write a phase, whole process
// included.
const (
	budgetTimes  = 3        // of what `cp -r` takes for the same tree
	budgetMemory = 64 << 20 // bytes of peak resident memory
	budgetBinary = 20 << 20 // bytes
)

// TestBudget measures, so that it runs only by `make bench`: a busy machine
// would make it fail for nothing.
func TestBudget(t *testing.T) {
	if os.Getenv("SCAFFOLD_BENCH") == "" {
		t.Skip("measures time: run it by `make bench`")
	}
	program := build(t, "-trimpath") // as it is released
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("binary: %.1f MiB", float64(info.Size())/(1<<20))
	if info.Size() > budgetBinary {
		t.Errorf("the binary has %d bytes, want at most %d", info.Size(), budgetBinary)
	}
	catalog, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, phase := range catalog.Phases {
		t.Run(strconv.Itoa(phase.Number), func(t *testing.T) { budgetOfPhase(t, program, phase.Number) })
	}
}

func budgetOfPhase(t *testing.T, program string, phase int) {
	work := t.TempDir()
	writing := func(dir string) *exec.Cmd {
		return exec.CommandContext(t.Context(), program, "new", dir, "--phase", strconv.Itoa(phase),
			"--name", "p", "--module", "github.com/acme/p", "--author", "A", "--git", "none")
	}
	model := filepath.Join(work, "model")
	if out, err := writing(model).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var ours, copies []time.Duration
	var peak int64
	for i := range 60 { // taken in turn, so that both see the same machine
		cmd := writing(filepath.Join(work, "new"+strconv.Itoa(i)))
		ours = append(ours, timed(t, cmd))
		peak = max(peak, peakMemory(cmd))
		copies = append(copies, timed(t, exec.CommandContext(t.Context(), "cp", "-r", model, filepath.Join(work, "copy"+strconv.Itoa(i)))))
	}
	a, b := median(ours), median(copies)
	t.Logf("new: %v, cp -r: %v (%.2f times), peak memory %.1f MiB", a, b, float64(a)/float64(b), float64(peak)/(1<<20))
	if a > budgetTimes*b {
		t.Errorf("writing takes %v, want at most %d times the %v of cp -r", a, budgetTimes, b)
	}
	if peak > budgetMemory {
		t.Errorf("peak memory is %d bytes, want at most %d", peak, budgetMemory)
	}
}

func timed(t *testing.T, cmd *exec.Cmd) time.Duration {
	t.Helper()
	start := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return time.Since(start)
}

// peakMemory returns the largest resident size of a process that has ended.
func peakMemory(cmd *exec.Cmd) int64 {
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss // bytes there, KiB elsewhere
	}
	return usage.Maxrss << 10
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
