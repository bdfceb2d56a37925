package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"gocloud.dev/gcerrors"
)

// Options says how patient a store over a network is. The zero value of a field
// is its default. Local files do not wait.
type Options struct {
	// Timeout is how long a store may be silent while something is read from
	// it or written to it. After that the call ends with a *StallError.
	Timeout time.Duration

	// Retries is how often a call is repeated that may work the next time,
	// unless Timeout has passed since it was first made. Negative is never.
	Retries int

	pause time.Duration // before the first repetition
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

type optionsKey struct{}

// WithOptions returns a context with which Open opens stores so.
func WithOptions(ctx context.Context, opts Options) context.Context {
	return context.WithValue(ctx, optionsKey{}, opts)
}

// OptionsOf returns the options of WithOptions.
func OptionsOf(ctx context.Context) Options {
	opts, _ := ctx.Value(optionsKey{}).(Options)
	return opts
}

// commitPatience is how many timeouts the end of an upload may take, in which a
// store may have much to put together and nothing to say.
const commitPatience = 3

// The pause before a call is repeated doubles each time, and is random, so that
// many readers do not come back at once.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 10 * time.Second
)

// retry repeats call until it works, fails for good, or has failed too often.
func (d *blobDriver) retry(ctx context.Context, call func() error) error {
	pause, start := d.opts.pause, time.Now()
	for left := d.opts.Retries; ; left-- {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		err := call()
		if err == nil || left <= 0 || !passing(err) || time.Since(start) > d.opts.Timeout {
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

// call is retry for calls with an answer that comes in one go.
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

// passing reports whether an error may be gone the next time.
func passing(err error) bool {
	var netErr net.Error
	var dns *net.DNSError
	code := status(err)
	switch {
	case stalled(err):
		return false // it took long enough
	case withoutCredentials(err), errors.As(err, &dns) && dns.IsNotFound, errors.Is(err, ErrNotExist):
		return false
	case code >= 400 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooManyRequests:
		return false // we are the ones who are wrong
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &netErr):
		return true
	}
	switch gcerrors.Code(err) {
	case gcerrors.Unknown, gcerrors.Internal, gcerrors.ResourceExhausted, gcerrors.DeadlineExceeded:
		return true
	}
	return false
}

// StallError says that a store was silent for too long.
type StallError struct {
	After time.Duration
}

func (e *StallError) Error() string { return fmt.Sprintf("no sign of life for %v", e.After) }

func stalled(err error) bool {
	var stall *StallError
	return errors.As(err, &stall)
}

// watch ends a context when there is no progress for the timeout.
type watch struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	timeout time.Duration
}

func (d *blobDriver) watch(ctx context.Context) (context.Context, *watch) {
	w := &watch{timeout: d.opts.Timeout}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(w.timeout, func() { w.cancel(&StallError{After: w.timeout}) })
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
