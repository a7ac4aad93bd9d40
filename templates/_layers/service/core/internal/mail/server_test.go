package mail_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// server is a mail server that keeps what it gets.
type server struct {
	// says replaces replies, by the verb that they answer. A reply of "" never comes;
	// connect is the greeting, and done what is said at the end of the text.
	says map[string]string
	// cert is for STARTTLS, or for TLS from the start; nil: there is no TLS.
	cert     *tls.Certificate
	implicit bool

	addr    string
	running sync.WaitGroup

	mu       sync.Mutex
	commands []string // as they came, each with a star in front when it came by TLS
	messages []string
	open     map[net.Conn]struct{}
}

func (s *server) start(t *testing.T) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	s.open = make(map[net.Conn]struct{})
	s.running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open[conn] = struct{}{}
			s.mu.Unlock()
			s.running.Go(func() {
				defer conn.Close()
				s.talk(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		s.mu.Lock()
		for conn := range s.open {
			conn.Close()
		}
		s.mu.Unlock()
		s.running.Wait()
	})
	return s
}

func (s *server) talk(conn net.Conn) {
	secure := false
	if s.implicit {
		conn, secure = tls.Server(conn, s.config()), true
	}
	text := textproto.NewConn(conn)
	if !s.reply(text, "connect", "220 test") {
		return
	}
	for {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		s.note(line, secure)
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch verb {
		case "EHLO":
			if !s.reply(text, verb, s.extensions(secure)) {
				return
			}
		case "STARTTLS":
			if !s.reply(text, verb, "220 go ahead") {
				return
			}
			conn, secure = tls.Server(conn, s.config()), true
			text = textproto.NewConn(conn)
		case "AUTH":
			if !s.reply(text, verb, "235 welcome") {
				return
			}
		case "DATA":
			if !s.reply(text, verb, "354 go on") {
				return
			}
			message, err := io.ReadAll(text.DotReader())
			if err != nil {
				return
			}
			s.mu.Lock()
			s.messages = append(s.messages, string(message))
			s.mu.Unlock()
			if !s.reply(text, "done", "250 taken") {
				return
			}
		case "QUIT":
			s.reply(text, verb, "221 bye")
			return
		default:
			if !s.reply(text, verb, "250 ok") {
				return
			}
		}
	}
}

func (s *server) extensions(secure bool) string {
	reply := "250-test\r\n"
	if s.cert != nil && !secure {
		reply += "250-STARTTLS\r\n"
	}
	return reply + "250 AUTH PLAIN LOGIN"
}

func (s *server) config() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{*s.cert}}
}

// reply says what the test wants, or else usual. It returns false when the client has
// left.
func (s *server) reply(text *textproto.Conn, verb, usual string) bool {
	line, changed := s.says[verb]
	switch {
	case !changed:
		line = usual
	case line == "":
		_, _ = text.ReadLine() // until the client goes
		return false
	}
	return text.PrintfLine("%s", line) == nil
}

func (s *server) note(line string, secure bool) {
	if secure {
		line = "*" + line
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, line)
}

// heard returns whether a command began with prefix.
func (s *server) heard(prefix string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, command := range s.commands {
		if strings.HasPrefix(command, prefix) {
			return true
		}
	}
	return false
}

func (s *server) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages
}
