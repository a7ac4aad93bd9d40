package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"example.com/app/internal/outage"
)

const (
	stepTime = 10 * time.Second // for the server to answer
	sendTime = 30 * time.Second // for all of it
)

// SMTP sends messages by a mail server, each with a connection of its own.
type SMTP struct {
	host    string
	tls     bool // from the first byte
	options []gomail.Option
	from    *netmail.Address
	domain  string // of from
}

var _ Sender = (*SMTP)(nil)

// OpenSMTP returns a sender for a URL such as smtp://user:password@host:587, which
// begins without TLS and goes on with it, or smtps://user:password@host:465, which is
// TLS from the start. Only a server that wants no password may do without TLS. It
// connects when the first message is sent.
func OpenSMTP(smtpURL, from string) (*SMTP, error) {
	u, err := url.Parse(smtpURL)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		// The error would quote the URL, password and all.
		return nil, errors.New("SMTP URL: must be like smtp://user:password@host:587")
	}
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("read sender of e-mails: %w", err)
	}
	s := &SMTP{
		host:   u.Hostname(),
		tls:    u.Scheme == "smtps",
		from:   sender,
		domain: sender.Address[strings.LastIndexByte(sender.Address, '@')+1:],
	}
	port := 587
	policy := gomail.TLSOpportunistic
	if s.tls {
		port, policy = 465, gomail.NoTLS // no more of it than there is
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, errors.New("SMTP URL: the port must be a number")
		}
	}
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options,
			gomail.WithUsername(u.User.Username()),
			gomail.WithPassword(password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthSCRAMSHA256))
		if !s.tls {
			policy = gomail.TLSMandatory
		}
	}
	s.options = append(s.options,
		gomail.WithPort(port), gomail.WithTLSPolicy(policy), gomail.WithTimeout(stepTime),
		gomail.WithoutNoop(), gomail.WithoutRset()) // which are for connections that are used again
	return s, nil
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	message, err := s.compose(m)
	if err != nil {
		return fmt.Errorf("compose mail %s: %w: %w", m.ID, ErrRefused, err)
	}
	limited, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := s.deliver(limited, message); err != nil {
		return fmt.Errorf("send mail %s: %w", m.ID, cause(ctx, err))
	}
	return nil
}

func (s *SMTP) compose(m Message) (*gomail.Msg, error) {
	id := m.ID
	if id == "" {
		id = rand.Text()
	}
	if strings.ContainsAny(id, "<>@\r\n\t ") {
		return nil, fmt.Errorf("%q cannot be a part of a message id", id)
	}
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(s.from)
	if err := message.To(m.To); err != nil {
		return nil, err
	}
	// A line break in a subject would begin another header.
	message.Subject(strings.Join(strings.Fields(m.Subject), " "))
	message.SetMessageIDWithValue(id + "@" + s.domain)
	message.SetDate()
	message.SetGenHeader("Auto-Submitted", "auto-generated") // so that no holiday notice answers (RFC 3834)
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	return message, nil
}

// deliver hands the message to the server. What goes wrong after the server has taken
// it does not matter.
func (s *SMTP) deliver(ctx context.Context, message *gomail.Msg) error {
	// The library does not watch ctx once it is connected, and leaves the connection
	// open when the server says no.
	dial := func(dialCtx context.Context, network, addr string) (net.Conn, error) {
		conn, err := s.dial(dialCtx, network, addr)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
	client, err := gomail.NewClient(s.host, append(slices.Clip(s.options), gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return err
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	if err := client.SendWithSMTPClient(session, message); err != nil {
		return err
	}
	_ = client.CloseWithSMTPClient(session)
	return nil
}

func (s *SMTP) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if s.tls {
		dialer := tls.Dialer{Config: &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}}
		return dialer.DialContext(ctx, network, addr)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, addr)
}

// cause says what an error of the library comes down to: ctx is done, the server
// refuses the message for good, or it does not answer.
func cause(ctx context.Context, err error) error {
	if left := ctx.Err(); left != nil {
		return fmt.Errorf("%w: %s", left, err.Error())
	}
	if failed, ok := errors.AsType[*gomail.SendError](err); ok {
		code := failed.ErrorCode()
		// The library's text names the recipient, who is nobody else's business.
		text := fmt.Sprintf("%s, code %d", failed.Reason, code)
		switch {
		case code == 0:
			return fmt.Errorf("%w: %s", outage.ErrUnavailable, text)
		case code >= 500 && (failed.Reason == gomail.ErrSMTPRcptTo || failed.Reason == gomail.ErrSMTPDataClose):
			return fmt.Errorf("%w: %s", ErrRefused, text)
		}
		return errors.New(text)
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %s", outage.ErrUnavailable, err.Error())
	}
	return err
}
