package mail_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net/http/httptest"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/mail"
	"example.com/app/internal/outage"
)

var hello = mail.Message{ID: "0198-abc", To: "ann@example.com", Subject: "Confirmed: Garden", Text: "Hello Ann,\n\n.\nuntil then\n"}

func open(t *testing.T, url string) *mail.SMTP {
	t.Helper()
	sender, err := mail.OpenSMTP(url, "Library <books@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func TestSend(t *testing.T) {
	server := new(server).start(t)
	if err := open(t, "smtp://"+server.addr).Send(t.Context(), hello); err != nil {
		t.Fatalf("Send() = error %v", err)
	}
	for _, command := range []string{"MAIL FROM:<books@example.org>", "RCPT TO:<ann@example.com>", "QUIT"} {
		if !server.heard(command) {
			t.Errorf("commands = %q, want %s among them", server.commands, command)
		}
	}
	if server.heard("AUTH") {
		t.Error("a sender without a password authenticated")
	}
	header, body := read(t, server)
	for name, want := range map[string]string{
		"From": `"Library" <books@example.org>`, "To": "<ann@example.com>", "Subject": hello.Subject,
		"Message-Id": "<0198-abc@example.org>", "Auto-Submitted": "auto-generated",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if sent, err := header.Date(); err != nil || time.Since(sent) > time.Minute {
		t.Errorf("Date = %v, %v, want now", sent, err)
	}
	if body != hello.Text {
		t.Errorf("text = %q, want %q", body, hello.Text)
	}
}

// read parses the one message that the server has taken.
func read(t *testing.T, s *server) (netmail.Header, string) {
	t.Helper()
	taken := s.taken()
	if len(taken) != 1 {
		t.Fatalf("%d messages were taken, want 1", len(taken))
	}
	message, err := netmail.ReadMessage(strings.NewReader(taken[0]))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	if err != nil {
		t.Fatal(err)
	}
	return message.Header, strings.ReplaceAll(string(body), "\r\n", "\n")
}

func TestNobodyAddsHeaders(t *testing.T) {
	tests := []struct {
		name    string
		message mail.Message
		refused bool
		subject string
	}{
		{"by the subject", mail.Message{ID: "1", To: "ann@example.com", Subject: "Garden\r\nBcc: eve@example.com\r\n\r\nHi"}, false, "Garden Bcc: eve@example.com Hi"},
		{"by a long subject", mail.Message{ID: "1", To: "ann@example.com", Subject: strings.Repeat("Bcc: é@example.com ", 20)}, false, strings.TrimSpace(strings.Repeat("Bcc: é@example.com ", 20))},
		{"by the address", mail.Message{ID: "1", To: "ann@example.com\r\nBcc: eve@example.com", Subject: "x"}, true, ""},
		{"by a second address", mail.Message{ID: "1", To: "ann@example.com, eve@example.com", Subject: "x"}, true, ""},
		{"by a command in the address", mail.Message{ID: "1", To: "ann@example.com>\r\nRCPT TO:<eve@example.com", Subject: "x"}, true, ""},
		{"by the id", mail.Message{ID: "1>\r\nBcc: eve@example.com", To: "ann@example.com", Subject: "x"}, true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := new(server).start(t)
			err := open(t, "smtp://"+server.addr).Send(t.Context(), test.message)
			if server.heard("RCPT TO:<eve") {
				t.Errorf("commands = %q, want nothing for eve", server.commands)
			}
			if test.refused {
				if !errors.Is(err, mail.ErrRefused) {
					t.Errorf("Send() = error %v, want %v", err, mail.ErrRefused)
				}
				return
			}
			if err != nil {
				t.Fatalf("Send() = error %v", err)
			}
			header, _ := read(t, server)
			subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
			if err != nil || subject != test.subject || header.Get("Bcc") != "" {
				t.Errorf("header = %q, %v, want the subject %q and no Bcc", header, err, test.subject)
			}
		})
	}
}

func TestSendFails(t *testing.T) {
	tests := []struct {
		name    string
		says    map[string]string
		want    error // nil: any
		refused bool
	}{
		{"no such mailbox", map[string]string{"RCPT": "550 5.1.1 no such user"}, mail.ErrRefused, true},
		{"a mailbox that is full", map[string]string{"RCPT": "452 4.2.2 mailbox full"}, nil, false},
		{"a text that is refused", map[string]string{"done": "554 5.7.1 spam"}, mail.ErrRefused, true},
		{"a text that is refused for now", map[string]string{"done": "451 4.3.0 try later"}, nil, false},
		{"a sender that may not send", map[string]string{"MAIL": "530 5.7.0 authenticate first"}, nil, false},
		{"a busy server", map[string]string{"connect": "421 too busy"}, nil, false},
		{"a server that goes away", map[string]string{"RCPT": "250 ok\r\n421 bye"}, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := (&server{says: test.says}).start(t)
			err := open(t, "smtp://"+server.addr).Send(t.Context(), hello)
			if err == nil || test.want != nil && !errors.Is(err, test.want) || errors.Is(err, mail.ErrRefused) != test.refused {
				t.Errorf("Send() = error %v, refused %t, want refused %t", err, errors.Is(err, mail.ErrRefused), test.refused)
			}
		})
	}
}

// A server that takes the message and then fails has it all the same: an error would
// have it sent again.
func TestSentIsSent(t *testing.T) {
	server := (&server{says: map[string]string{"QUIT": "421 I am off", "RSET": "500 what"}}).start(t)
	if err := open(t, "smtp://"+server.addr).Send(t.Context(), hello); err != nil {
		t.Errorf("Send() = error %v, want none", err)
	}
}

func TestServerAway(t *testing.T) {
	sender := open(t, "smtp://127.0.0.1:1")
	if err := sender.Send(t.Context(), hello); !errors.Is(err, outage.ErrUnavailable) {
		t.Errorf("Send() = error %v, want %v", err, outage.ErrUnavailable)
	}
}

// Whoever stops waiting need not wait for the server, at any step.
func TestServerHangs(t *testing.T) {
	for _, verb := range []string{"connect", "EHLO", "MAIL", "RCPT", "DATA", "done"} {
		t.Run(verb, func(t *testing.T) {
			server := (&server{says: map[string]string{verb: ""}}).start(t)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			start := time.Now()
			err := open(t, "smtp://"+server.addr).Send(ctx, hello)
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, mail.ErrRefused) {
				t.Errorf("Send() = error %v, want %v", err, context.DeadlineExceeded)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("Send() took %v, want about 100ms", took)
			}
		})
	}
}

// A password goes by TLS or not at all.
func TestPassword(t *testing.T) {
	https := httptest.NewUnstartedServer(nil)
	https.StartTLS() // for its certificate, which is for 127.0.0.1
	defer https.Close()
	cert := &https.TLS.Certificates[0]
	trust(t, cert.Certificate[0])
	const auth = "AUTH PLAIN AGFubgBzM2NyZXQ=" // \0ann\0s3cret

	tests := []struct {
		name   string
		scheme string
		server *server
		auth   string // empty: the message is not sent
	}{
		{"STARTTLS", "smtp", &server{cert: cert}, "*" + auth},
		{"TLS from the start", "smtps", &server{cert: cert, implicit: true}, "*" + auth},
		{"no TLS", "smtp", new(server), ""},
		{"a wrong password", "smtp", &server{cert: cert, says: map[string]string{"AUTH": "535 5.7.8 wrong"}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.server.start(t)
			err := open(t, test.scheme+"://ann:s3cret@"+test.server.addr).Send(t.Context(), hello)
			if test.auth != "" && (err != nil || !test.server.heard(test.auth) || len(test.server.taken()) != 1) {
				t.Errorf("Send() = error %v, commands %q, want %s and a message", err, test.server.commands, test.auth)
			}
			if test.auth == "" && (err == nil || strings.Contains(err.Error(), "s3cret") || errors.Is(err, mail.ErrRefused)) {
				t.Errorf("Send() = error %v, want one without the password that is not %v", err, mail.ErrRefused)
			}
			if test.server.heard("AUTH") {
				t.Errorf("commands = %q, want no AUTH without TLS", test.server.commands)
			}
		})
	}
}

// trust makes the process believe a certificate, for which it must be the first to
// ask for the system's.
func trust(t *testing.T, der []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", file)
}

func TestOpenRefusesWrongSettings(t *testing.T) {
	tests := []struct{ name, url, from string }{
		{"another scheme", "http://ann:s3cret@localhost", "books@example.org"},
		{"no host", "smtp://", "books@example.org"},
		{"not a URL", "smtp://ann:s3cret@local host", "books@example.org"},
		{"no sender", "smtp://ann:s3cret@localhost", ""},
		{"a sender with a header", "smtp://ann:s3cret@localhost", "books@example.org\r\nBcc: eve@example.com"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := mail.OpenSMTP(test.url, test.from)
			if err == nil || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("OpenSMTP(%s) = error %v, want one without the password", test.url, err)
			}
		})
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	sender := mail.Log{Logger: slog.New(slog.NewTextHandler(&out, nil))}
	if err := sender.Send(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{hello.ID, hello.To, hello.Subject} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("log = %q, want %s in it", out.String(), want)
		}
	}
	if strings.Contains(out.String(), "until then") {
		t.Errorf("log = %q, want it without the text", out.String())
	}
}
