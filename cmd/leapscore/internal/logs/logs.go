// Package logs writes the log: every line says which run it is about, and the lines of
// libraries have the same form as others.
package logs

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
)

// Handler adds tags to lines that do not have attributes of their names.
type Handler struct {
	slog.Handler
	text bool
	tags *atomic.Pointer[[]slog.Attr]
}

// New returns a handler that writes to w, as text or as JSON.
func New(w io.Writer, text bool, opt *slog.HandlerOptions) *Handler {
	h := &Handler{Handler: slog.NewJSONHandler(w, opt), text: text, tags: new(atomic.Pointer[[]slog.Attr])}
	if text {
		h.Handler = slog.NewTextHandler(w, opt)
	}
	return h
}

// IsText reports whether the lines of a logger are for people.
func IsText(l *slog.Logger) bool {
	h, ok := l.Handler().(*Handler)
	return ok && h.text
}

// Tag sets the tags of all later lines, in place of those before.
func Tag(l *slog.Logger, tags ...slog.Attr) {
	if h, ok := l.Handler().(*Handler); ok {
		h.tags.Store(&tags)
	}
}

// Handle implements slog.Handler.
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	tags := h.tags.Load()
	if tags == nil {
		return h.Handler.Handle(ctx, r)
	}
	has := map[string]bool{}
	r.Attrs(func(a slog.Attr) bool { has[a.Key] = true; return true })
	r = r.Clone()
	for _, t := range *tags {
		if !has[t.Key] {
			r.AddAttrs(t)
		}
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &Handler{h.Handler.WithAttrs(attrs), h.text, h.tags}
}

// WithGroup implements slog.Handler.
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{h.Handler.WithGroup(name), h.text, h.tags}
}

// prefix is how libraries begin their lines: SDK 2026/11/29 12:00:00 WARN.
var prefix = regexp.MustCompile(`^(?:SDK )?(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )?(?:(DEBUG|INFO|WARN|WARNING|ERROR):? )?`)

// Capture makes lines of the log of what libraries write to os.Stderr, until the
// returned function is called. log is asked for each line, and may be nil before
// the log is set up: the line is then shown as it is.
func Capture(log func() *slog.Logger) (restore func()) {
	was := os.Stderr
	r, w, err := os.Pipe()
	if err != nil {
		return func() {} // the lines stay as they are
	}
	os.Stderr = w
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewReader(r); ; {
			line, err := lines.ReadString('\n')
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				show(log(), was, line)
			}
			if err != nil {
				return
			}
		}
	}()
	return func() {
		os.Stderr = was
		_ = w.Close()
		<-ended
		_ = r.Close()
	}
}

// show writes a line of a library.
func show(log *slog.Logger, raw io.Writer, line string) {
	if log == nil {
		_, _ = io.WriteString(raw, line+"\n")
		return
	}
	level := slog.LevelInfo
	m := prefix.FindStringSubmatch(line)
	if strings.HasPrefix(m[1], "WARN") || m[1] == "ERROR" {
		level = slog.LevelWarn // of what a library could not do, the error is ours
	}
	log.Log(context.Background(), level, line[len(m[0]):], "from", "library")
}
