package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"leapscore/engine"
	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/watch/metrics"
	"leapscore/watch/openlineage"
	"leapscore/watch/trace"
)

// watchFlags say who is told about a run. Nobody who cannot be told fails a run.
type watchFlags struct {
	job         string
	metricsFile string
	pushgateway string
	labels      *pairs
	lineage     string
	nominal     string

	watching *watching // of the run that is on
}

func (f *watchFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.job, "job-name", "", "name of the job for metrics and lineage (default: the name of the output)")
	fs.StringVar(&f.metricsFile, "metrics-file", "", "file NAME.prom for the textfile collector of Prometheus' node_exporter")
	fs.StringVar(&f.pushgateway, "pushgateway", "", "URL of a Prometheus Pushgateway")
	f.labels = newPairs("label=value")
	fs.Var(f.labels, "metrics-label", "another label of the metrics, and of the group that is pushed; may be given again")
	fs.StringVar(&f.lineage, "openlineage", "", "URL of an OpenLineage server, or a file that gets events as lines (default: $OPENLINEAGE_URL)")
	fs.StringVar(&f.nominal, "nominal-time", "", "time that the job was scheduled for, START or START/END as RFC 3339, for lineage")
}

var labelName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (f *watchFlags) check() error {
	for name := range f.labels.m {
		if !labelName.MatchString(name) || name == "job" || name == "pipeline" || strings.HasPrefix(name, "__") {
			return usageError{fmt.Errorf("metrics-label %q: want a name of letters, digits and _, other than job and pipeline", name)}
		}
	}
	if len(f.labels.m) > 0 && f.metricsFile == "" && f.pushgateway == "" {
		return usageError{errors.New("--metrics-label needs --metrics-file or --pushgateway")}
	}
	if f.pushgateway != "" && !strings.HasPrefix(f.pushgateway, "http://") && !strings.HasPrefix(f.pushgateway, "https://") {
		return usageError{fmt.Errorf("pushgateway %q: want a URL, http://HOST:9091", f.pushgateway)}
	}
	_, _, err := f.nominalTimes()
	return err
}

func (f *watchFlags) nominalTimes() (start, end string, err error) {
	if f.nominal == "" {
		return "", "", nil
	}
	start, end, both := strings.Cut(f.nominal, "/")
	_, err = time.Parse(time.RFC3339, start)
	if both && err == nil {
		_, err = time.Parse(time.RFC3339, end)
	}
	if err != nil {
		return "", "", usageError{fmt.Errorf("nominal-time %q: want START or START/END such as 2026-01-31T00:00:00Z", f.nominal)}
	}
	return start, end, nil
}

// watching is a run that someone is told about.
type watching struct {
	flags  *watchFlags
	out    *output
	start  time.Time
	run    *engine.Run // nil until there is a plan
	failed runs.Record // the record of a run that failed before
	trace  *trace.Tracer
	events *openlineage.Run // nil without a target
	target *openlineage.Target
	sent   chan struct{} // closed when the first event is sent
}

// watched does a run, and tells about it. output is where the rows go.
func (f *watchFlags) watched(ctx context.Context, out *output, output string, do func() error) error {
	if err := f.check(); err != nil {
		return err
	}
	w := &watching{flags: f, out: out, start: time.Now()}
	if f.job == "" {
		f.job = jobName(hidden(output))
	}
	var err error
	if w.trace, err = trace.Start(ctx, "leapscore score", versionString(), w.start); err != nil {
		out.log.Warn("traces are not sent", "error", err)
	}
	if err := w.connect(); err != nil {
		return usageError{err}
	}
	f.watching = w
	err = do()
	w.end(context.WithoutCancel(ctx), err)
	return err
}

// jobName is the name of a job that writes to output.
func jobName(output string) string {
	output, _ = store.CutParameters(output)
	name := path.Base(strings.TrimSuffix(output, "/"))
	if at := strings.Index(name, "."); at > 0 {
		name = name[:at]
	}
	if name == "-" || name == "." || name == "/" || name == "" {
		return "score"
	}
	return name
}

// connect works out where events go.
func (w *watching) connect() error {
	where := w.flags.lineage
	if where == "" {
		where = os.Getenv("OPENLINEAGE_URL")
	}
	if where == "" || os.Getenv("OPENLINEAGE_DISABLED") == "true" {
		return nil
	}
	target, err := openlineage.NewTarget(where, os.Getenv("OPENLINEAGE_ENDPOINT"), os.Getenv("OPENLINEAGE_API_KEY"))
	if err != nil {
		return fmt.Errorf("openlineage: %w", err)
	}
	parent, err := openlineage.ParseParent(os.Getenv("OPENLINEAGE_PARENT_ID"))
	if err != nil {
		w.out.log.Warn("lineage without its parent", "error", err)
	}
	namespace := os.Getenv("OPENLINEAGE_NAMESPACE")
	if namespace == "" {
		namespace = "default"
	}
	start, end, _ := w.flags.nominalTimes()
	w.target = target
	w.events = &openlineage.Run{
		Namespace: namespace, Job: w.flags.job, Producer: "urn:leapscore:" + versionString(), Version: versionString(),
		NominalStart: start, NominalEnd: end, Parent: parent, Account: os.Getenv("AZURE_STORAGE_ACCOUNT"),
	}
	return nil
}

// planned tells about a run that is about to score.
func (f *watchFlags) planned(r *engine.Run) {
	w := f.watching
	if w == nil {
		return
	}
	w.run = r
	if w.trace != nil {
		r.Observer = w.trace
	}
	w.out.try("traces are lost", func() error { return w.past(r.Info.Seconds) })
	w.out.try("lineage is not told", func() error { return w.begin(r.Info.Record) })
}

// past sends the spans of the stages that are over.
func (w *watching) past(seconds map[string]float64) error {
	loaded := w.start.Add(time.Duration(seconds["load"] * float64(time.Second)))
	w.trace.Past("load", w.start, loaded)
	w.trace.Past("plan", loaded, time.Now())
	return nil
}

// begin sends the first event, in the background.
func (w *watching) begin(r *runs.Record) error {
	if w.events == nil {
		return nil
	}
	id, err := openlineage.NewID(r.RunID)
	if err != nil {
		w.events = nil
		return err
	}
	w.events.ID = id
	e := w.events.Event(openlineage.Start, r)
	w.sent = make(chan struct{})
	go func() {
		defer close(w.sent)
		w.tell(context.Background(), e)
	}()
	return nil
}

func (w *watching) tell(ctx context.Context, e *openlineage.Event) {
	w.out.try("lineage is not told", func() error { return w.target.Send(ctx, e) }, "event", e.EventType)
}

// end tells how the run ended. If there was nothing to do, there was no run.
func (w *watching) end(ctx context.Context, err error) {
	if w.run == nil && err == nil {
		w.out.try("traces are lost", func() error { return w.trace.End(nil) })
		return
	}
	r := w.record(err)
	w.out.try("lineage is not told", func() error { return w.event(ctx, r, err) })
	opt := metrics.Options{Pipeline: w.flags.job, Labels: w.flags.labels.m}
	if path := w.flags.metricsFile; path != "" {
		w.out.try("metrics are not written", func() error { return metrics.WriteFile(path, r, opt) })
	}
	if url := w.flags.pushgateway; url != "" {
		w.out.try("metrics are not pushed", func() error { return metrics.Push(ctx, url, r, opt) })
	}
	w.out.try("traces are lost", func() error { return w.traced(r, err) })
}

// traced ends the span of the run.
func (w *watching) traced(r *runs.Record, err error) error {
	w.trace.Set(map[string]string{"leapscore.run_id": r.RunID, "leapscore.output": r.Output.Path})
	w.trace.Count(map[string]int64{
		"leapscore.rows_in": r.Counts.In, "leapscore.rows_out": r.Counts.Out,
		"leapscore.rows_skipped": r.Counts.Skipped, "leapscore.rows_rejected": r.Counts.Rejected,
	})
	return w.trace.End(w.out.hidden(err))
}

// try tells someone of a run. If that goes wrong, be it by a bug, there is a
// warning.
func (o *output) try(what string, tell func() error, attrs ...any) {
	defer func() {
		if x := recover(); x != nil {
			o.warn(what, fmt.Errorf("internal error: %v", x), attrs...)
		}
	}()
	o.warn(what, tell(), attrs...)
}

// warn reports what went wrong with telling others.
func (o *output) warn(what string, err error, attrs ...any) {
	if err != nil && o.log != nil {
		o.log.Warn(what, append(attrs, "error", err)...)
	}
}

// record returns what is known of the run that ended with err.
func (w *watching) record(err error) *runs.Record {
	r := &w.failed
	if w.run != nil && w.run.Info.Record != nil {
		r = w.run.Info.Record
	}
	if err == nil {
		return r
	}
	r.Status, r.ExitCode, r.Error = runs.Failed, exitCode(err), w.out.hidden(err).Error()
	if r.Finished == "" {
		r.Finished = time.Now().UTC().Format(time.RFC3339Nano)
	}
	if w.run != nil {
		p := &w.run.Progress
		r.Counts = runs.Counts{In: p.In.Load(), Out: p.Out.Load(), Skipped: p.Skipped.Load(), Rejected: p.Rejected.Load()}
	}
	return r
}

// event sends the last event of the run, after the first.
func (w *watching) event(ctx context.Context, r *runs.Record, err error) error {
	if w.events == nil {
		return nil
	}
	if w.sent == nil {
		if err := w.begin(r); err != nil {
			return err
		}
	}
	<-w.sent
	kind := openlineage.Complete
	switch {
	case errors.As(err, new(errSignal)), errors.Is(err, context.Canceled):
		kind = openlineage.Abort
	case err != nil:
		kind = openlineage.Fail
	}
	w.tell(ctx, w.events.Event(kind, r))
	return nil
}
