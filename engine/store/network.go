package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
)

// network says why a server could not be spoken to, or is empty if that is not what
// happened.
func network(err error) string {
	if err == nil {
		return ""
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return fmt.Sprintf("there is no host %s; check the name of the endpoint, of the bucket or account, and of the region", dns.Name)
		}
		return fmt.Sprintf("the name server has no answer for host %s (%s)", dns.Name, dns.Err)
	}
	if text := untrusted(err); text != "" {
		return text
	}
	op, ok := errors.AsType[*net.OpError](err)
	if !ok {
		return ""
	}
	at := "the server"
	if op.Addr != nil {
		at = op.Addr.String()
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("connection refused by %s; check the endpoint, and that its server runs", at)
	case op.Op == "dial" && op.Timeout():
		return fmt.Sprintf("no connection to %s: timed out; check the endpoint, the network and its firewalls", at)
	case op.Op == "dial":
		return fmt.Sprintf("no connection to %s: %v", at, op.Err)
	case errors.Is(err, syscall.ECONNRESET):
		return fmt.Sprintf("the connection to %s was reset", at)
	}
	return op.Error()
}

// untrusted says what is wrong between two sides that speak TLS, or one of which does.
func untrusted(err error) string {
	host := "the server"
	if call, ok := errors.AsType[*url.Error](err); ok {
		if u, err := url.Parse(call.URL); err == nil && u.Host != "" {
			host = u.Host
		}
	}
	const trust = "name the file of the authorities that you trust in AWS_CA_BUNDLE or SSL_CERT_FILE"
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return fmt.Sprintf("the certificate of %s is signed by an unknown authority; %s", host, trust)
	}
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("the certificate of %s is not for this name (%v); check the endpoint", host, wrong)
	}
	if wrong, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if wrong.Reason == x509.Expired {
			return fmt.Sprintf("the certificate of %s has expired, or is not valid yet; check the clock of this machine too", host)
		}
		return fmt.Sprintf("the certificate of %s is not valid: %v", host, wrong)
	}
	if _, plain := errors.AsType[tls.RecordHeaderError](err); plain || errors.Is(err, http.ErrSchemeMismatch) || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") {
		return fmt.Sprintf("%s does not speak TLS; write http:// in the endpoint, not https://", host)
	}
	if alert, ok := errors.AsType[tls.AlertError](err); ok {
		return fmt.Sprintf("%s refuses the TLS connection: %v", host, alert)
	}
	return ""
}

// noted is the last error of a connection that was made for a context. The clients retry
// by themselves, and when the context ends they only tell that.
type noted struct {
	last atomic.Pointer[error]
	host atomic.Pointer[string]
}

func (n *noted) note(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	if host := n.host.Load(); host != nil {
		err = &url.Error{Op: "connect", URL: "https://" + *host, Err: err}
	}
	n.last.Store(&err)
}

// err is the last error, or nil.
func (n *noted) err() error {
	if p := n.last.Load(); p != nil {
		return *p
	}
	return nil
}

// noteConnections returns a context whose connections note their errors.
func noteConnections(ctx context.Context) (context.Context, *noted) {
	n := &noted{}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:          func(host string) { n.host.Store(&host) },
		DNSDone:          func(info httptrace.DNSDoneInfo) { n.note(info.Err) },
		ConnectDone:      func(_, _ string, err error) { n.note(err) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) { n.note(err) },
		GotFirstResponseByte: func() {
			n.last.Store(nil) // the server is there
		},
	}), n
}
