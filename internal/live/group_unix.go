//go:build unix

package live

import (
	"os/exec"
	"syscall"
)

// ownGroup puts a command into a process group of its own, so that signals reach
// what it starts.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func signalGroup(cmd *exec.Cmd, s syscall.Signal) { _ = syscall.Kill(-cmd.Process.Pid, s) }
