// Package embedded is a NATS server within the process, for tests and for a start without
// one.
package embedded

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Server is a NATS server with JetStream that listens on this machine alone.
type Server struct {
	nats      *server.Server
	temporary string
}

// readyTime is how long the server may take to start.
const readyTime = 20 * time.Second

// Start starts a server that keeps its streams in dir; "" is a folder that Close removes.
// Port 0 is a free one.
func Start(dir string, port int) (*Server, error) {
	s := &Server{}
	if dir == "" {
		var err error
		if s.temporary, err = os.MkdirTemp("", "shop-nats-"); err != nil {
			return nil, fmt.Errorf("make folder for NATS: %w", err)
		}
		dir = s.temporary
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	nats, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make NATS server: %w", err), s.remove())
	}
	s.nats = nats
	if err := s.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start NATS server: %w", err), s.Close())
	}
	return s, nil
}

func (s *Server) start() error {
	died := make(lastWords, 1)
	s.nats.SetLoggerV2(died, false, false, false)
	s.nats.Start()
	for deadline := time.Now().Add(readyTime); !s.nats.ReadyForConnections(readyTime / 100); {
		select {
		case words := <-died:
			return errors.New(words)
		default:
		}
		if time.Now().After(deadline) {
			return errors.New("it does not listen")
		}
	}
	return nil
}

// URL is where the server listens.
func (s *Server) URL() string { return s.nats.ClientURL() }

// Close stops the server and waits for its end.
func (s *Server) Close() error {
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
	return s.remove()
}

func (s *Server) remove() error {
	if s.temporary == "" {
		return nil
	}
	if err := os.RemoveAll(s.temporary); err != nil {
		return fmt.Errorf("remove folder of NATS: %w", err)
	}
	return nil
}

// lastWords keeps what the server says when it cannot go on. The rest is not for those who
// only want to have one.
type lastWords chan string

var _ server.Logger = lastWords(nil)

// Fatalf implements server.Logger.
func (w lastWords) Fatalf(format string, args ...any) {
	select {
	case w <- fmt.Sprintf(format, args...):
	default:
	}
}

// Noticef implements server.Logger.
func (lastWords) Noticef(string, ...any) {}

// Warnf implements server.Logger.
func (lastWords) Warnf(string, ...any) {}

// Errorf implements server.Logger.
func (lastWords) Errorf(string, ...any) {}

// Debugf implements server.Logger.
func (lastWords) Debugf(string, ...any) {}

// Tracef implements server.Logger.
func (lastWords) Tracef(string, ...any) {}
