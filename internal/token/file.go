package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/phasekit/scaffold/internal/github"
)

// tokenFile is what the file holds.
type tokenFile struct {
	Tokens map[string]string `json:"tokens"` // by the host's name
}

// Path returns where the file is, or would be.
func (s Store) Path() (string, error) {
	if dir := s.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "scaffold", "tokens.json"), nil
	}
	variable, below := "HOME", ".config"
	switch runtime.GOOS {
	case "windows":
		variable, below = "AppData", ""
	case "darwin":
		below = filepath.Join("Library", "Application Support")
	}
	dir := s.Getenv(variable)
	if !filepath.IsAbs(dir) {
		return "", fmt.Errorf("there is no folder for settings: %s is not set", variable)
	}
	return filepath.Join(dir, below, "scaffold", "tokens.json"), nil
}

// readFile returns what the file holds, by host; nothing where it is not there.
// Where others can read it the error is ErrExposed and the tokens are returned
// all the same, for those who are about to mend that.
func (s Store) readFile() (tokens map[string]string, err error) {
	path, err := s.Path()
	if err != nil {
		return nil, nil // without a folder for settings nothing was ever stored
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	const largest = 1 << 20
	data, err := io.ReadAll(io.LimitReader(f, largest))
	if err != nil {
		return nil, err
	}
	var held tokenFile
	if json.Unmarshal(data, &held) != nil { // its error may quote the file
		return nil, fmt.Errorf("%w: %s", ErrCorrupt, path)
	}
	if modes() && info.Mode().Perm()&0o077 != 0 {
		return held.Tokens, fmt.Errorf("%w: %s has mode %04o, not 0600", ErrExposed, path, info.Mode().Perm())
	}
	return held.Tokens, nil
}

// writeFile adds the host's token to the file and returns the file's path.
func (s Store) writeFile(host github.Host, value string) (string, error) {
	path, err := s.Path()
	if err != nil {
		return "", err
	}
	tokens, err := s.readFile()
	if err != nil && !errors.Is(err, ErrExposed) {
		return path, err
	}
	if tokens == nil {
		tokens = map[string]string{}
	}
	tokens[host.Name] = value
	return path, replace(path, tokens)
}

// deleteFromFile reports whether the file held a token of the host. An empty
// file is removed.
func (s Store) deleteFromFile(host github.Host) (bool, error) {
	tokens, err := s.readFile()
	if err != nil && !errors.Is(err, ErrExposed) || tokens[host.Name] == "" {
		return false, err
	}
	path, err := s.Path()
	if err != nil {
		return false, err
	}
	delete(tokens, host.Name)
	if len(tokens) == 0 {
		return true, os.Remove(path)
	}
	return true, replace(path, tokens)
}

// replace writes the file whole or not at all, so that no reader ever sees half
// of it.
func replace(path string, tokens map[string]string) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil { // it may have been there already
		return err
	}
	data, err := json.MarshalIndent(tokenFile{Tokens: tokens}, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".tokens-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(append(data, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
