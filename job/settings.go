package job

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/internal/memory"
	"leapscore/job/internal/lake"
	"leapscore/job/internal/past"
	"leapscore/job/internal/place"
	"leapscore/sinks"
	"leapscore/sources"
)

// settings are a Spec with its defaults, and what its texts say. They are read only.
type settings struct {
	Spec
	job    engine.Job    // but for model, source and lineage
	sink   sinks.Options // but for what is known only when the run is planned
	memory int64
	least  leastRows
	shard  *sources.Shard // nil if the run is scored whole
}

// read reads a Spec, and says what is wrong with it.
func (s Spec) read() (settings, mistakes) {
	var wrong mistakes
	var err error
	full := s.withDefaults()
	set := settings{Spec: full}
	full.checkModels(&wrong)
	if full.Output.Path == "" {
		wrong.addf("output", "--output is required")
	}
	full.checkInput(&wrong)
	full.checkRun(&wrong)
	full.checkDrift(&wrong)
	full.checkGates(&wrong)
	full.checkWatch(&wrong)
	full.checkColumns(&wrong)
	set.sink = full.Output.options(&wrong)
	full.checkLake(&wrong, set.sink)
	full.checkPlaces(&wrong, set.sink)
	full.checkRejects(&wrong)
	set.memory = full.checkLimits(&wrong)
	set.job, err = full.engineJob()
	wrong.add("max-errors", err)
	set.sink.VectorUDT = set.job.Vectors == engine.VectorUDT
	set.least, _ = full.Gates.least()
	if set.shard, _ = full.Run.shardOf(); set.shard != nil && set.job.MaxErrors.IsPercent { // of all shards
		set.job.MaxErrors = engine.MaxErrors{}
	}
	return set, full.withWords(wrong)
}

// engineJob is the part of the Spec that the engine needs, but for model and source.
func (s Spec) engineJob() (engine.Job, error) {
	c := s.Columns
	j := engine.Job{
		Outputs: c.Outputs, Keep: c.Keep, Map: c.Map, Rename: c.Rename,
		Reject: s.Rejects.OnError == "reject", Workers: s.Limits.Workers, BatchRows: s.Limits.BatchRows,
	}
	j.Cast, _ = c.castMode()
	j.Vectors, _ = c.vectorForm()
	var err error
	j.MaxErrors, err = engine.ParseMaxErrors(s.Rejects.MaxErrors)
	return j, err
}

func (c Columns) castMode() (pipeline.CastMode, error) {
	switch c.Cast {
	case "widen":
		return pipeline.CastWiden, nil
	case "mleap":
		return pipeline.CastMLeap, nil
	}
	return 0, fmt.Errorf("cast %q: want widen or mleap", c.Cast)
}

func (c Columns) vectorForm() (engine.VectorForm, error) { return engine.ParseVectors(c.Vectors) }

// options are those of the output table.
func (o Output) options(wrong *mistakes) sinks.Options {
	opt := sinks.Options{FileRows: o.FileRows, PartitionBy: o.PartitionBy, SweepAfter: o.SweepAfter}
	var err error
	opt.Mode, err = sinks.ParseMode(o.Mode)
	wrong.add("mode", err)
	opt.Compression, err = sinks.ParseCompression(o.Compression)
	wrong.add("compression", err)
	opt.Format, opt.Compression, err = place.Format(o.Path, o.Format, opt.Mode, opt.Compression)
	wrong.add("output-format", err)
	opt.Partitions, err = o.partitions(opt.Mode)
	wrong.add("partition", err)
	return opt
}

// partitions are those that are named.
func (o Output) partitions(mode sinks.Mode) (list []sinks.PartitionValue, err error) {
	if len(o.Partitions) > 0 && mode != sinks.ModeOverwritePartitions {
		return nil, fmt.Errorf("--partition goes with --mode overwrite-partitions: it names the partition that is replaced")
	}
	for _, p := range o.Partitions {
		column, text, ok := strings.Cut(p, "=")
		if !ok {
			return nil, fmt.Errorf("partition %q: want KEY=VALUE, such as ds=2026-11-28", p)
		}
		if !slices.Contains(o.PartitionBy, column) {
			return nil, fmt.Errorf("partition %q: --partition-by does not name %q; it names %s", p, column, strings.Join(o.PartitionBy, ", "))
		}
		v := sinks.PartitionValue{Column: column, Value: &text}
		if text == "" || text == sinks.NullPartition {
			v.Value = nil
		}
		if slices.ContainsFunc(list, func(o sinks.PartitionValue) bool { return o.Column == column }) {
			return nil, fmt.Errorf("partition %q: %s has a value already; one run replaces one partition", p, column)
		}
		list = append(list, v)
	}
	return list, nil
}

// lake says what kind of table the output is.
func (o Output) lake() lake.Options {
	return lake.Options{
		Kind: o.TableFormat, ReplaceSchema: o.OverwriteSchema,
		Catalog: o.Catalog, CatalogName: o.CatalogName, CatalogTable: o.CatalogTable,
	}
}

// past is the table of the output, as a question for its runs.
func (s Spec) past() past.Table {
	return past.Table{Stores: s.stores(), Path: s.Output.Path, Lake: s.Output.lake(), Record: s.Run.Record}
}

// scoredAt is the time that a run that starts now gives as that of its scores.
func (r Run) scoredAt(now time.Time) time.Time {
	if t, err := time.Parse(time.RFC3339Nano, r.ScoredAt); err == nil {
		now = t
	}
	return now.UTC().Truncate(time.Microsecond)
}

func (w Watch) nominalTimes() (start, end string, err error) {
	if w.NominalTime == "" {
		return "", "", nil
	}
	start, end, both := strings.Cut(w.NominalTime, "/")
	_, err = time.Parse(time.RFC3339, start)
	if both && err == nil {
		_, err = time.Parse(time.RFC3339, end)
	}
	if err != nil {
		return "", "", fmt.Errorf("nominal-time %q: want START or START/END such as 2026-01-31T00:00:00Z", w.NominalTime)
	}
	return start, end, nil
}

// options are the values of the keys that shape the rows or the bytes of files, as
// records have them.
func (s Spec) options() map[string]string {
	values := map[string]string{}
	for _, k := range keys {
		if k.apart || k.Name == "provenance" && !s.retries() {
			continue
		}
		if v := s.Text(k.Name); v != "" && v != "[]" {
			values[k.Name] = v
		}
	}
	return values
}

// defaults are the values that keys have if they are left out.
func defaults() map[string]string {
	values := map[string]string{}
	for _, k := range keys {
		values[k.Name] = k.Default
	}
	return values
}

// HeapBytes is what the heap of the process may take, of the memory that the Spec gives
// the job: 0 if that cannot be read.
func (s Spec) HeapBytes() int64 {
	n, err := memory.Parse(s.withDefaults().Limits.Memory)
	if err != nil {
		return 0
	}
	_, heap := memory.Shares(n, s.query())
	return heap
}

// stores are the settings with which a job opens stores.
func (s Spec) stores() store.Options { return store.Options{Timeout: s.Limits.IOTimeout} }
