package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"gocloud.dev/gcerrors"
)

// Options are the timeout and the retries of stores over a network. The zero value
// of a field is its default. Local files have neither.
type Options struct {
	// Timeout is how long a store may be silent during a read or a write.
	// After that the call ends with a *StallError.
	Timeout time.Duration

	// Retries is how often a call is retried after a transient error, unless
	// Timeout has passed since it was first made. Negative is never.
	Retries int

	pause time.Duration // before the first retry
}

// Defaults of Options.
const (
	DefaultTimeout = time.Minute
	DefaultRetries = 8
)

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Retries == 0 {
		o.Retries = DefaultRetries
	}
	if o.pause == 0 {
		o.pause = firstPause
	}
	return o
}

// commitPatience is how many timeouts the end of an upload may take, in which a
// store may have much to put together and nothing to say.
const commitPatience = 3

// Retries use exponential backoff with jitter, so that many readers do not return at
// the same time.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 10 * time.Second
)

// retry makes call until it works, fails with an error that is not transient, or
// has failed too often.
func (d *blobDriver) retry(ctx context.Context, call func() error) error {
	return d.opts.retry(ctx, transient, call)
}

func (o Options) retry(ctx context.Context, transient func(error) bool, call func() error) error {
	pause, start := o.pause, time.Now()
	for left := o.Retries; ; left-- {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		err := call()
		if err == nil || left <= 0 || !transient(err) || time.Since(start) > o.Timeout {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, lastPause)
	}
}

// call is retry with a timeout for each attempt, for calls that make no progress
// that could be watched.
func (d *blobDriver) call(ctx context.Context, do func(context.Context) error) error {
	return d.retry(ctx, func() error {
		ctx, watch := d.watch(ctx)
		defer watch.end()
		if err := do(ctx); err != nil {
			return watch.explain(err)
		}
		return nil
	})
}

// transient reports whether the same call may work the next time.
func transient(err error) bool {
	_, network := errors.AsType[net.Error](err)
	dns, unresolved := errors.AsType[*net.DNSError](err)
	code := status(err)
	switch {
	case stalled(err):
		return false // the timeout has passed already
	case withoutCredentials(err), untrusted(err) != "", strings.Contains(err.Error(), "endpoint rule error"), unresolved && dns.IsNotFound, errors.Is(err, ErrNotExist):
		return false
	case code >= 400 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooManyRequests:
		return false // the request is at fault
	case errors.Is(err, io.ErrUnexpectedEOF), network:
		return true
	}
	switch gcerrors.Code(err) {
	case gcerrors.Unknown, gcerrors.Internal, gcerrors.ResourceExhausted, gcerrors.DeadlineExceeded:
		return true
	}
	return false
}

// StallError reports a store that was silent for too long.
type StallError struct {
	After time.Duration
	Cause error // the last error of a connection to the store, or nil
}

func (e *StallError) Error() string {
	if why := network(e.Cause); why != "" {
		return fmt.Sprintf("%s (no sign of life for %v)", why, e.After)
	}
	return fmt.Sprintf("no sign of life for %v", e.After)
}

// Unwrap returns the error of the connection.
func (e *StallError) Unwrap() error { return e.Cause }

func stalled(err error) bool {
	_, ok := errors.AsType[*StallError](err)
	return ok
}

// watch ends a context when there is no progress for the timeout.
type watch struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	timeout time.Duration
}

func (d *blobDriver) watch(ctx context.Context) (context.Context, *watch) {
	return watchOver(ctx, d.opts.Timeout)
}

func watchOver(ctx context.Context, timeout time.Duration) (context.Context, *watch) {
	w := &watch{timeout: timeout}
	ctx, connections := noteConnections(ctx)
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(w.timeout, func() { w.cancel(&StallError{After: w.timeout, Cause: connections.err()}) })
	return w.ctx, w
}

// progress gives the store another timeout.
func (w *watch) progress() { w.allow(1) }

func (w *watch) allow(timeouts int) { w.timer.Reset(time.Duration(timeouts) * w.timeout) }

// pause stops the clock while the store waits for the caller.
func (w *watch) pause() { w.timer.Stop() }

func (w *watch) end() {
	w.timer.Stop()
	w.cancel(nil)
}

// explain returns the reason for which the context ended, if it did.
func (w *watch) explain(err error) error {
	if cause := context.Cause(w.ctx); cause != nil {
		return cause
	}
	return err
}
