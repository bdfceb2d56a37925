// Package metrics shows a run to Prometheus: as a text file for node_exporter's
// textfile collector, or pushed to a Pushgateway.
//
// A batch job is not scraped; the time of its last success is the figure to
// watch. A run that succeeds sets leapscore_last_success_timestamp_seconds and
// all other metrics; one that fails sets only
// leapscore_last_failure_timestamp_seconds and the exit code, and leaves the rest
// as it was.
//
// It measures nothing itself: everything comes from the record of the run.
package metrics

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"

	"leapscore/internal/clean"
	"leapscore/runs"
)

// Job is the value of the label job of pushed metrics.
const Job = "leapscore"

// Options are the labels of metrics.
type Options struct {
	Pipeline string // the label pipeline, which tells jobs apart
	Labels   map[string]string
}

// labels are those of all metrics of a file, and the grouping of pushed ones.
func (o Options) labels() prometheus.Labels {
	l := prometheus.Labels{"pipeline": o.Pipeline}
	maps.Copy(l, o.Labels)
	for name, value := range l {
		l[name] = clean.Line(value)
	}
	return l
}

// timeout bounds a push.
const timeout = 10 * time.Second

// Push adds the metrics of a run to those of its group in the Pushgateway at url.
func Push(ctx context.Context, url string, r *runs.Record, o Options) error {
	ctx, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	p := push.New(url, Job).Gatherer(registry(r, nil)).Client(&http.Client{})
	labels := o.labels()
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		p.Grouping(name, labels[name])
	}
	return p.AddContext(ctx)
}

// registry holds the metrics of a run, each with the labels given.
func registry(r *runs.Record, labels prometheus.Labels) *prometheus.Registry {
	g := &gauges{reg: prometheus.NewRegistry(), labels: labels}
	finished, err := time.Parse(time.RFC3339Nano, r.Finished)
	if err != nil {
		finished = time.Now()
	}
	if r.Status != runs.OK {
		g.set("last_failure_timestamp_seconds", "When a run last failed.", seconds(finished))
		g.set("last_failure_exit_code", "The exit code of the run that last failed.", float64(r.ExitCode))
		return g.reg
	}
	g.set("last_success_timestamp_seconds", "When a run last succeeded.", seconds(finished))
	if started, err := time.Parse(time.RFC3339Nano, r.Started); err == nil {
		g.set("run_duration_seconds", "How long the last successful run took.", finished.Sub(started).Seconds())
	}
	stages := g.vector("stage_duration_seconds", "How long a stage of the last successful run took.", "stage")
	for stage, took := range r.Seconds {
		stages(took, stage)
	}
	g.rows(r)
	var bytes int64
	for _, f := range r.Output.Files {
		bytes += f.Bytes
	}
	g.set("output_files", "Data files that the last successful run wrote.", float64(len(r.Output.Files)))
	g.set("output_bytes", "Size of the data files that the last successful run wrote.", float64(bytes))
	info := g.vector("model_info", "Models of the last successful run; always 1.", "label", "model", "version", "sha256")
	for _, m := range r.Models {
		info(1, m.Label, m.Name, m.Version, m.SHA256)
	}
	if r.Drift != nil {
		psi := g.vector("drift_psi", "How far a column of the last successful run has moved from the reference.", "column")
		for _, c := range r.Drift.Columns {
			psi(c.PSI, c.Column)
		}
	}
	return g.reg
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// rows counts rows of this run, by their outcome.
func (g *gauges) rows(r *runs.Record) {
	rows := g.vector("rows", "Rows of the last successful run, by what became of them: in is the sum of the others.", "result")
	rows(float64(r.Counts.In), "in")
	rows(float64(r.Counts.Out), "out")
	rows(float64(r.Counts.Skipped), "skipped")
	rows(float64(r.Counts.Rejected), "rejected")
	if r.Rejects != nil {
		codes := g.vector("rejected_rows", "Rows that the last successful run rejected, by code.", "code")
		for code, n := range r.Rejects.Codes {
			codes(float64(n), code)
		}
	}
}
