package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// maxRedirects is how often a web server may send a download elsewhere.
const maxRedirects = 5

// WebName returns the name of the file at a URL of a web server.
func WebName(where string) string {
	if u, err := url.Parse(where); err == nil {
		if name := path.Base(u.Path); name != "." && name != ".." && name != "/" {
			return name
		}
	}
	return "model"
}

// WithoutSecrets returns a URL of a web server without user and parameters, which may be
// tokens.
func WithoutSecrets(where string) string {
	where, _, _ = strings.Cut(where, "?")
	scheme, rest, _ := strings.Cut(where, "://")
	host, file, _ := strings.Cut(rest, "/")
	return scheme + "://" + host[strings.LastIndexByte(host, '@')+1:] + "/" + file
}

// Download writes the file at a URL of a web server to w, which is emptied if a
// download begins anew. admit is asked about the size, before the download if it is known
// then, and as often as it grows. Errors do not name the URL, which may hold a token.
func Download(ctx context.Context, where string, opts Options, w Restarter, admit func(size int64) error) error {
	opts = opts.withDefaults()
	begun := false
	return opts.retry(ctx, transientWeb, func() error {
		if begun {
			if err := w.Restart(); err != nil {
				return admitError{err}
			}
		}
		begun = true
		return downloadOnce(ctx, where, opts, w, admit)
	})
}

// Restarter is a file that is written from its beginning again.
type Restarter interface {
	io.Writer
	Restart() error
}

// webError is the status with which a web server refuses a file.
type webError struct {
	code int
	text string
}

func (e *webError) Error() string       { return e.text }
func (e *webError) HTTPStatusCode() int { return e.code }

// admitError is an error of the caller of Download.
type admitError struct{ error }

func (e admitError) Unwrap() error { return e.error }

func transientWeb(err error) bool {
	if _, is := errors.AsType[admitError](err); is {
		return false
	}
	if e, is := errors.AsType[*webError](err); is {
		return e.code == http.StatusTooManyRequests || e.code == http.StatusRequestTimeout || e.code >= 500
	}
	if errors.Is(err, errRedirect) || isCertificate(err) {
		return false
	}
	return transient(err)
}

func isCertificate(err error) bool {
	_, is := errors.AsType[*tls.CertificateVerificationError](err)
	return is
}

var errRedirect = errors.New("redirect refused")

// webClient follows few redirects, and none from https to http.
var webClient = &http.Client{CheckRedirect: func(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: more than %d redirects", errRedirect, maxRedirects)
	case via[0].URL.Scheme == "https" && r.URL.Scheme != "https":
		return fmt.Errorf("%w: from https to %s", errRedirect, r.URL.Scheme)
	}
	return nil
}}

// downloadOnce makes one attempt.
func downloadOnce(ctx context.Context, where string, opts Options, w io.Writer, admit func(int64) error) error {
	ctx, watch := watchOver(ctx, opts.Timeout)
	defer watch.end()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return errors.New("not a URL of a web server, such as https://host/model.zip")
	}
	resp, err := webClient.Do(req)
	if err != nil {
		return plainWeb(watch.explain(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refusedBy(resp)
	}
	if err := admit(max(resp.ContentLength, 0)); err != nil {
		return admitError{err}
	}
	n, err := io.Copy(w, &watchedBody{resp.Body, watch, 0, admit})
	if err == nil && resp.ContentLength >= 0 && n != resp.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	return plainWeb(watch.explain(err))
}

// watchedBody notes that there is progress, and asks about the size.
type watchedBody struct {
	r     io.Reader
	watch *watch
	n     int64
	admit func(int64) error
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.watch.progress()
	b.n += int64(n)
	if e := b.admit(b.n); e != nil {
		return 0, admitError{e}
	}
	return n, err
}

// refusedBy says what a status means for a file that is to be read.
func refusedBy(resp *http.Response) error {
	text := "the server answers " + resp.Status
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		text += ": the URL needs a valid signature or token in it; the server is asked without credentials"
	case code == http.StatusNotFound || code == http.StatusGone:
		text += ": there is no such file"
	case code == http.StatusNoContent || code == http.StatusPartialContent || code >= 300 && code < 400:
		text += ", want 200 OK and the file"
	}
	return &webError{resp.StatusCode, text}
}

// plainWeb takes the URL out of an error of a client, since it may hold a token.
func plainWeb(err error) error {
	if call, ok := errors.AsType[*url.Error](err); ok {
		err = call.Err
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return &clientError{fmt.Sprintf("there is no host %s; check the URL", dns.Name), err}
	}
	if err != nil && strings.Contains(err.Error(), "gave HTTP response to HTTPS client") {
		return errors.New("the server does not speak TLS: write http://")
	}
	return err
}
