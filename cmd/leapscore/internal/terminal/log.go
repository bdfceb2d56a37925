package terminal

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// Log is a handler of log lines that people read on a terminal: without times, and
// without the attributes that all lines of a run have, wrapped to the width.
type Log struct {
	w   io.Writer
	mu  *sync.Mutex
	opt slog.HandlerOptions
}

// NewLog writes to a terminal.
func NewLog(w io.Writer, opt *slog.HandlerOptions) *Log {
	return &Log{w: w, mu: &sync.Mutex{}, opt: *opt}
}

// Enabled implements slog.Handler.
func (l *Log) Enabled(_ context.Context, level slog.Level) bool { return level >= l.opt.Level.Level() }

// WithAttrs implements slog.Handler.
func (l *Log) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements slog.Handler.
func (l *Log) WithGroup(string) slog.Handler { return l }

// Handle implements slog.Handler.
func (l *Log) Handle(_ context.Context, r slog.Record) error {
	text := l.clean(slog.String(slog.MessageKey, r.Message)).String()
	var attrs []string
	r.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, a.Key+"="+l.clean(a).String())
		return true
	})
	if len(attrs) > 0 {
		text += " (" + strings.Join(attrs, ", ") + ")"
	}
	mark, colour := "", ""
	switch {
	case r.Level >= slog.LevelError:
		mark, colour = "error: ", "\x1b[31m"
	case r.Level >= slog.LevelWarn:
		mark, colour = "warning: ", "\x1b[33m"
	}
	text = Indent(Wrap(mark+text, max(Width(l.w)-2, 1)), 2)
	if rest, ok := strings.CutPrefix(text, mark); ok && mark != "" && Colours(l.w) {
		text = colour + mark + plain + rest
	}
	if Moves(l.w) {
		text = ClearLine + text
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.WriteString(l.w, text+"\n")
	return err
}

// clean is the value of an attribute as the options want it.
func (l *Log) clean(a slog.Attr) slog.Value {
	if l.opt.ReplaceAttr != nil {
		a = l.opt.ReplaceAttr(nil, a)
	}
	return a.Value.Resolve()
}
