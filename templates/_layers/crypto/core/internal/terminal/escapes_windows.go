package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// enableEscapes asks the console, which may be an old one, to obey escape
// sequences, and reports whether it will.
func enableEscapes(f *os.File) bool {
	var mode uint32
	handle := windows.Handle(f.Fd())
	if err := windows.GetConsoleMode(handle, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
