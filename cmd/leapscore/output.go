package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"leapscore/cmd/leapscore/internal/logs"
	"leapscore/cmd/leapscore/internal/terminal"
	"leapscore/engine/pipeline"
	"leapscore/internal/clean"
	"leapscore/job"
)

// output is where a command writes: data to stdout when asked, all else to
// stderr.
type output struct {
	secrets
	stdout, stderr io.Writer
	version        string // of this program
	quiet          bool
	exit           int // code of a command that did not fail
	log            *slog.Logger
	stores         storeFlags
	known          atomic.Bool // which run of which model this is
	progress       atomic.Pointer[job.Progress]
	waiting        string // what a run does before its first row
	beat           time.Duration
}

// early settles how errors are shown that come before the flags are read.
func (o *output) early(args []string) {
	format := os.Getenv(envName("log-format"))
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--log-format="); ok {
			format = v
		} else if a == "--log-format" && i+1 < len(args) {
			format = args[i+1]
		}
	}
	if format == "json" {
		o.log = slog.New(logs.New(o.stderr, false, &slog.HandlerOptions{ReplaceAttr: o.attribute}))
	}
}

func (o *output) setup(cmd *cobra.Command) error {
	o.quiet, _ = cmd.Flags().GetBool("quiet")
	if o.beat <= 0 {
		return usagef("progress-every %v: want more than 0, as in 30s", o.beat)
	}
	level := slog.LevelInfo
	if o.quiet {
		level = slog.LevelError
	}
	opt := &slog.HandlerOptions{Level: level, ReplaceAttr: o.attribute}
	switch format, _ := cmd.Flags().GetString("log-format"); format {
	case "text", "json":
		h := logs.New(o.stderr, format == "text", opt)
		if format == "text" && terminal.Is(o.stderr) {
			h.Handler = terminal.NewLog(o.stderr, opt)
		}
		o.log = slog.New(h)
	default:
		return usageError{fmt.Errorf("log-format %q: want text or json", format)}
	}
	slog.SetDefault(o.log) // clients of stores use package log
	return nil
}

// failed prints the error that ends the command.
func (o *output) failed(err error) {
	if err == nil || errors.Is(err, errPipe) {
		return
	}
	if bug, ok := errors.AsType[*pipeline.PanicError](err); ok {
		o.showBug(err, bug.Stack)
		return
	}
	if o.log != nil && !logs.IsText(o.log) {
		o.log.Error(err.Error(), append([]any{"exit_code", exitCode(err)}, blame(err)...)...)
		return
	}
	fmt.Fprintf(o.stderr, "leapscore: %v\n", o.hidden(err))
}

// blame is what programs want to know of an error without reading its text: the row, the
// node of the model and the column.
func blame(err error) (attrs []any) {
	b := job.BlameOf(err)
	for _, a := range []struct{ name, value string }{{"code", b.Code}, {"node", b.Node}, {"op", b.Op}, {"column", b.Column}} {
		if a.value != "" {
			attrs = append(attrs, a.name, a.value)
		}
	}
	if b.HasRow {
		attrs = append(attrs, "row", b.Row)
	}
	return attrs
}

// recovered ends a command that panics with the exit code of a bug. Callers defer it.
func (o *output) recovered(code *int) {
	if p := recover(); p != nil {
		o.failed(&pipeline.PanicError{Value: p, Stack: debug.Stack()})
		*code = exitInternal
	}
}

// showBug prints the stack of a bug in this program, and after it in one line what to do.
func (o *output) showBug(err error, stack []byte) {
	text := strings.ReplaceAll(err.Error(), "\n"+string(stack), "")
	if o.log != nil && !logs.IsText(o.log) {
		o.log.Error(text+bugAdvice, "exit_code", exitInternal, "stack", string(stack))
		return
	}
	fmt.Fprintf(o.stderr, "%s\nleapscore: %s%s\n", clean.Text(string(stack)), clean.Text(clean.Hide(text, o.values...)), bugAdvice)
}

const bugAdvice = "; this is a bug in leapscore: please report it with the stack, the version and the command; tables are published whole or not at all, so the command can be tried again"

// json prints v on one line of stdout.
func (o *output) json(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.stdout, "%s\n", clean.JSON(b))
	return err
}

// host is what a job gets from this program.
func (o *output) host() job.Host {
	tag := func(runID, model string) {
		if !o.forPeople() { // who know what they have started
			logs.Tag(o.log, slog.String("run_id", runID), slog.String("model", model))
		}
		o.known.Store(true)
	}
	return job.Host{Log: o.log, Tag: tag, Stdout: o.stdout, Version: o.version, ExitCode: exitCode, IOTimeout: o.stores.timeout}
}

// forPeople reports whether the log is read by people, as it is written.
func (o *output) forPeople() bool { return terminal.Is(o.stderr) && logs.IsText(o.log) }

// onTerminal reports whether a person sees how far a run is.
func (o *output) onTerminal() bool {
	return terminal.Moves(o.stderr) && logs.IsText(o.log)
}

// Scoring shows a bar on a terminal, until the returned function is called. Elsewhere
// heartbeat shows how far the run is.
func (o *output) Scoring(p *job.Progress) (stop func()) {
	o.progress.Store(p)
	if o.quiet || !o.onTerminal() {
		return func() {}
	}
	return during(func(done <-chan struct{}) {
		o.showBar(terminal.Progress{Doing: "scoring", Waiting: o.waiting}, p, done)
	})
}

// Comparing shows how far a comparison is: a bar on a terminal, elsewhere a line every
// 30 seconds.
func (o *output) Comparing(p *job.Progress) (stop func()) {
	if o.quiet {
		return func() {}
	}
	start := time.Now()
	return during(func(done <-chan struct{}) {
		if o.onTerminal() {
			o.showBar(terminal.Progress{Doing: "comparing", Waiting: "the tables are opened"}, p, done)
			return
		}
		o.everyBeat(done, func() {
			o.log.Info("comparing", "seconds", math.Round(time.Since(start).Seconds()), "rows", p.In.Load())
		})
	})
}

// beat is the time between two lines of heartbeat, unless --progress-every says another.
var beat = 30 * time.Second

// heartbeat logs from time to time how far the run is, until the returned function is
// called. A scheduler sees that it lives.
func (o *output) heartbeat() (stop func()) {
	if o.quiet || o.onTerminal() {
		return func() {}
	}
	return during(o.logLines)
}

// during does something until the returned function is called.
func during(do func(done <-chan struct{})) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		do(done)
	}()
	return sync.OnceFunc(func() { close(done); <-ended })
}

// showBar draws one line again and again, whatever the width of the terminal.
func (o *output) showBar(line terminal.Progress, p *job.Progress, done <-chan struct{}) {
	line.Start = time.Now()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			fmt.Fprint(o.stderr, terminal.ClearLine)
			return
		case now := <-tick.C:
			fmt.Fprint(o.stderr, terminal.ClearLine+line.Line(now, p.In.Load(), p.Total.Load(), terminal.Width(o.stderr)))
		}
	}
}

func (o *output) logLines(done <-chan struct{}) {
	start := time.Now()
	o.everyBeat(done, func() {
		if o.known.Load() {
			o.log.Info("running", o.howFar(time.Since(start).Seconds())...)
		}
	})
}

// everyBeat logs a line from time to time.
func (o *output) everyBeat(done <-chan struct{}, line func()) {
	tick := time.NewTicker(o.beat)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			line()
		}
	}
}

// howFar says how far a run is after so many seconds.
func (o *output) howFar(seconds float64) []any {
	p := o.progress.Load()
	if p == nil {
		return []any{"stage", "plan", "seconds", math.Round(seconds)}
	}
	in, total := p.In.Load(), p.Total.Load()
	rate := float64(in) / seconds
	attrs := []any{
		"stage", p.Stage(), "seconds", math.Round(seconds), "rows", in, "rejected", p.Rejected.Load(), "files", p.Files(), "rows_per_second", int64(rate),
	}
	if total > 0 && in > 0 {
		attrs = append(attrs, "rows_total", total, "percent", 100*in/total, "seconds_left", math.Round(float64(total-in)/rate))
	}
	return attrs
}
