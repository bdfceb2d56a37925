// Package watch reports a run to monitoring systems: metrics to Prometheus, lineage to
// OpenLineage, spans to a collector. A run never fails because one of them cannot be
// reached, and does not wait long for it: that is a warning.
package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"leapscore/runs"
	"leapscore/watch/metrics"
	"leapscore/watch/openlineage"
	"leapscore/watch/trace"
)

// Options say what is reported, and to whom.
type Options struct {
	Job     string // the name that a run is reported under
	Version string

	MetricsFile, Pushgateway string
	Labels                   map[string]string

	OpenLineage              string // by default $OPENLINEAGE_URL
	NominalStart, NominalEnd string

	// TracesOnly says that the run is a part of one that is reported by another process.
	TracesOnly bool

	// Show returns an error without secrets. Warn takes warnings.
	Show func(error) error
	Warn func(msg string, attrs ...any)
}

// Watched is a run that is reported.
type Watched struct {
	opt    Options
	start  time.Time
	begun  bool // the run is about to score, or has
	ended  bool
	trace  *trace.Tracer
	events *openlineage.Run // nil without a target
	target *openlineage.Target
	sent   chan struct{} // closed when the first event is sent
}

// Start begins to watch a run. The error is a mistake in the options.
func Start(ctx context.Context, opt Options) (*Watched, error) {
	w := &Watched{opt: opt, start: time.Now()}
	var err error
	if w.trace, err = trace.Start(ctx, "leapscore score", opt.Version, w.start); err != nil {
		opt.Warn("traces are not sent", "error", err)
	}
	return w, w.connect()
}

// Tracer observes the stages and splits of the run. It is nil if no collector is set.
func (w *Watched) Tracer() *trace.Tracer { return w.trace }

// connect works out where events go.
func (w *Watched) connect() error {
	if w.opt.TracesOnly {
		return nil
	}
	where := w.opt.OpenLineage
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
		w.opt.Warn("lineage without its parent", "error", err)
	}
	namespace := os.Getenv("OPENLINEAGE_NAMESPACE")
	if namespace == "" {
		namespace = "default"
	}
	w.target = target
	w.events = &openlineage.Run{
		Namespace: namespace, Job: w.opt.Job, Producer: "urn:leapscore:" + w.opt.Version, Version: w.opt.Version,
		NominalStart: w.opt.NominalStart, NominalEnd: w.opt.NominalEnd, Parent: parent, Account: os.Getenv("AZURE_STORAGE_ACCOUNT"),
	}
	return nil
}

// Begin reports that the run of a record is about to score. seconds are those of the
// stages that are over.
func (w *Watched) Begin(r *runs.Record, seconds map[string]float64) {
	w.begun = true
	w.try("traces are lost", func() error { return w.past(seconds) })
	w.try("lineage is not told", func() error { return w.first(r) })
}

// past sends the spans of the stages that are over.
func (w *Watched) past(seconds map[string]float64) error {
	loaded := w.start.Add(time.Duration(seconds["load"] * float64(time.Second)))
	w.trace.Past("load", w.start, loaded)
	w.trace.Past("plan", loaded, time.Now())
	return nil
}

// first sends the first event, in the background.
func (w *Watched) first(r *runs.Record) error {
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
		w.send(context.Background(), e)
	}()
	return nil
}

func (w *Watched) send(ctx context.Context, e *openlineage.Event) {
	w.try("lineage is not told", func() error { return w.target.Send(ctx, e) }, "event", e.EventType)
}

// End reports how the run of the record r ended. If there was nothing to do, there was
// no run. It does nothing when it is called again.
func (w *Watched) End(ctx context.Context, r *runs.Record, err error) {
	if w.ended {
		return
	}
	w.ended = true
	if !w.begun && err == nil {
		w.try("traces are lost", func() error { return w.trace.End(nil) })
		return
	}
	w.try("lineage is not told", func() error { return w.last(ctx, r, err) })
	opt := metrics.Options{Pipeline: w.opt.Job, Labels: w.opt.Labels}
	if path := w.opt.MetricsFile; path != "" {
		w.try("metrics are not written", func() error { return metrics.WriteFile(path, r, opt) })
	}
	if url := w.opt.Pushgateway; url != "" {
		w.try("metrics are not pushed", func() error { return metrics.Push(ctx, url, r, opt) })
	}
	w.try("traces are lost", func() error { return w.endTrace(r, err) })
}

// last sends the last event of the run, after the first.
func (w *Watched) last(ctx context.Context, r *runs.Record, err error) error {
	if w.events == nil {
		return nil
	}
	if w.sent == nil {
		if err := w.first(r); err != nil {
			return err
		}
	}
	<-w.sent
	kind := openlineage.Complete
	switch {
	case errors.Is(err, context.Canceled):
		kind = openlineage.Abort
	case err != nil:
		kind = openlineage.Fail
	}
	w.send(ctx, w.events.Event(kind, r))
	return nil
}

// endTrace ends the span of the run.
func (w *Watched) endTrace(r *runs.Record, err error) error {
	w.trace.Set(map[string]string{"leapscore.run_id": r.RunID, "leapscore.output": r.Output.Path})
	w.trace.Count(map[string]int64{
		"leapscore.rows_in": r.Counts.In, "leapscore.rows_out": r.Counts.Out,
		"leapscore.rows_skipped": r.Counts.Skipped, "leapscore.rows_rejected": r.Counts.Rejected,
	})
	return w.trace.End(w.opt.Show(err))
}

// try reports something. If that goes wrong, be it by a bug, there is a warning.
func (w *Watched) try(what string, report func() error, attrs ...any) {
	defer func() {
		if x := recover(); x != nil {
			w.opt.Warn(what, append(attrs, "error", fmt.Errorf("internal error: %v", x))...)
		}
	}()
	if err := report(); err != nil {
		w.opt.Warn(what, append(attrs, "error", err)...)
	}
}
