package openlineage

import (
	"strconv"

	"leapscore/engine/summary"
	"leapscore/runs"
)

// Run makes the events of one run.
type Run struct {
	ID             string // a UUID
	Namespace, Job string
	Producer       string // a URI
	Version        string
	NominalStart   string // RFC 3339, may be empty
	NominalEnd     string
	Parent         *Parent
	// Account is the storage account of azblob URLs, if it is known.
	Account string
}

// Parent is the run of a scheduler that this one belongs to.
type Parent struct{ Namespace, Job, RunID string }

// Event returns the event of type t about the run of record r. r has a plan
// unless the run failed before it had one.
func (x *Run) Event(t EventType, r *runs.Record) *Event {
	e := &Event{
		EventTime: now(), Producer: x.Producer, SchemaURL: eventURL, EventType: t,
		Run:    runPart{x.ID, x.runFacets(t, r)},
		Job:    jobPart{x.Namespace, x.Job, x.jobFacets(r)},
		Inputs: []input{}, Outputs: []output{},
	}
	if r.Plan == nil {
		return e
	}
	e.Inputs = x.inputs(t, r)
	e.Outputs = x.outputs(t, r, e.Inputs)
	return e
}

func (x *Run) runFacets(t EventType, r *runs.Record) facets {
	f := facets{}
	f.set(x.Producer, "processing_engine", map[string]any{"name": "leapscore", "version": x.Version})
	var models []map[string]any
	for _, m := range r.Models {
		models = append(models, map[string]any{"path": m.Path, "name": m.Name, "version": m.Version, "uid": m.UID, "sha256": m.SHA256})
	}
	f.set(x.Producer, "leapscore_run", map[string]any{"runId": r.RunID, "models": models})
	if x.NominalStart != "" {
		body := map[string]any{"nominalStartTime": x.NominalStart}
		if x.NominalEnd != "" {
			body["nominalEndTime"] = x.NominalEnd
		}
		f.set(x.Producer, "nominalTime", body)
	}
	if p := x.Parent; p != nil {
		f.set(x.Producer, "parent", map[string]any{
			"run": map[string]any{"runId": p.RunID}, "job": map[string]any{"namespace": p.Namespace, "name": p.Job},
		})
	}
	if (t == Fail || t == Abort) && r.Error != "" {
		f.set(x.Producer, "errorMessage", map[string]any{"message": r.Error, "programmingLanguage": "go"})
	}
	return f
}

func (x *Run) jobFacets(r *runs.Record) facets {
	f := facets{}
	f.set(x.Producer, "jobType", map[string]any{"processingType": "BATCH", "integration": "LEAPSCORE", "jobType": "JOB"})
	if r.Source.Query != "" {
		f.set(x.Producer, "sql", map[string]any{"query": r.Source.Query, "dialect": "duckdb"})
	}
	return f
}

func (x *Run) inputs(t EventType, r *runs.Record) []input {
	ins := []input{}
	for _, s := range x.sources(r.Source) {
		in := input{dataset: dataset{s.namespace, s.name, facets{}}}
		if r.Source.Kind == runs.Files {
			in.Facets.set(x.Producer, "schema", map[string]any{"fields": fields(r.Plan.Read)})
		}
		if t == Complete {
			body := map[string]any{}
			if s.files > 0 {
				body["fileCount"], body["size"] = s.files, s.size
			}
			if len(ins) == 0 && s.only {
				body["rowCount"] = r.Counts.In
			}
			in.InputFacets = facets{}
			in.InputFacets.set(x.Producer, "inputStatistics", body)
		}
		ins = append(ins, in)
	}
	return ins
}

func fields(cols []runs.Column) []map[string]any {
	list := []map[string]any{}
	for i, c := range cols {
		list = append(list, map[string]any{"name": c.Name, "type": c.Type, "ordinal_position": i + 1})
	}
	return list
}

func (x *Run) outputs(t EventType, r *runs.Record, ins []input) []output {
	namespace, name := x.name(r.Output.Path)
	out := output{dataset: dataset{namespace, name, facets{}}}
	out.Facets.set(x.Producer, "schema", map[string]any{"fields": fields(r.Output.Columns)})
	if r.Source.Kind == runs.Files {
		out.Facets.set(x.Producer, "columnLineage", map[string]any{"fields": lineage(r.Output.Columns, ins)})
	}
	outs := []output{out}
	if r.Rejects != nil {
		namespace, name := x.name(r.Rejects.Path)
		outs = append(outs, output{dataset: dataset{namespace, name, facets{}}})
	}
	if t != Complete {
		return outs
	}
	outs[0].OutputFacets = x.statistics(r.Counts.Out, r.Output.Files)
	if r.Summary != nil {
		outs[0].Facets.set(x.Producer, "dataQualityMetrics", metrics(r.Summary))
	}
	if r.Rejects != nil {
		outs[1].OutputFacets = x.statistics(r.Rejects.Rows, r.Rejects.Files)
	}
	return outs
}

func (x *Run) statistics(rows int64, files []runs.Written) facets {
	var size int64
	for _, f := range files {
		size += f.Bytes
	}
	f := facets{}
	f.set(x.Producer, "outputStatistics", map[string]any{"rowCount": rows, "size": size, "fileCount": len(files)})
	return f
}

// lineage lists, for each column of the output, the columns of the inputs that
// it is made of.
func lineage(cols []runs.Column, ins []input) map[string]any {
	all := map[string]any{}
	for _, c := range cols {
		subtype := "TRANSFORMATION"
		if c.Kept {
			subtype = "IDENTITY"
		}
		from := []map[string]any{}
		for _, in := range ins {
			for _, name := range c.From {
				from = append(from, map[string]any{
					"namespace": in.Namespace, "name": in.Name, "field": name,
					"transformations": []map[string]any{{"type": "DIRECT", "subtype": subtype}},
				})
			}
		}
		if len(from) > 0 {
			all[c.Name] = map[string]any{"inputFields": from}
		}
	}
	return all
}

// metrics is the facet about the columns that were summarized.
func metrics(s *summary.Summary) map[string]any {
	cols := map[string]any{}
	for _, c := range s.Columns {
		m := map[string]any{"nullCount": c.Nulls, "count": c.Rows - c.Nulls}
		switch {
		case c.Labels != nil:
			m["distinctCount"] = c.Labels.Distinct
		case c.Numbers != nil:
			ofNumbers(m, c.Numbers)
		}
		cols[c.Name] = m
	}
	return map[string]any{"rowCount": s.Rows, "columnMetrics": cols}
}

func ofNumbers(m map[string]any, n *summary.Numbers) {
	if n.Distinct > 0 {
		m["distinctCount"] = n.Distinct
	}
	if n.Min != nil && n.Max != nil {
		m["min"], m["max"] = *n.Min, *n.Max
	}
	if len(n.Quantiles) > 0 {
		q := map[string]float64{}
		for _, x := range n.Quantiles {
			q[strconv.FormatFloat(x.P, 'g', -1, 64)] = x.Value
		}
		m["quantiles"] = q
	}
}
