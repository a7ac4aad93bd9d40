package bench_test

import (
	"bufio"
	"fmt"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// mailbox is a mail server that takes everything, and remembers which reservation
// each message is about.
type mailbox struct {
	url string

	mu       sync.Mutex
	messages map[string]map[string]int // how often each Message-ID came, by reservation
}

var (
	aboutReservation = regexp.MustCompile(`(?m)^Reservation ([0-9a-f-]{36})`)
	messageID        = regexp.MustCompile(`(?mi)^Message-ID: (\S+)`)
)

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailbox{url: "smtp://" + listener.Addr().String(), messages: map[string]map[string]int{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go m.serve(conn)
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	return m
}

// serve speaks as much SMTP (RFC 5321) as the worker needs. A message counts once
// its sender could know that it was taken.
func (m *mailbox) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewReader(conn)
	say := func(text string) bool {
		_, err := fmt.Fprintf(conn, "%s\r\n", text)
		return err == nil
	}
	if !say("220 mailbox") {
		return
	}
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		switch verb {
		case "DATA":
			if !say("354 go on") {
				return
			}
			text, err := readMessage(lines)
			if err != nil {
				return
			}
			m.take(text)
			if !say("250 taken") {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			if !say("250 fine") {
				return
			}
		}
	}
}

func readMessage(lines *bufio.Reader) (string, error) {
	var text strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "." {
			return text.String(), nil
		}
		text.WriteString(line + "\n")
	}
}

func (m *mailbox) take(text string) {
	about, id := aboutReservation.FindStringSubmatch(text), messageID.FindStringSubmatch(text)
	if about == nil || id == nil {
		about, id = []string{"", "?"}, []string{"", text}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.messages[about[1]] == nil {
		m.messages[about[1]] = map[string]int{}
	}
	m.messages[about[1]][id[1]]++
}

// about returns how many different messages came about a reservation, and how many
// of them came again.
func (m *mailbox) about(reservation string) (different, again int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.messages[reservation] {
		different++
		again += n - 1
	}
	return different, again
}
