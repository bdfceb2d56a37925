package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sources/files"
)

// errRetried says that all rejects were retried before, into the same table.
var errRetried = errors.New("the rejects were retried before")

// retried is what the table knows of the rejects that are to be retried.
type retried struct {
	by    map[string]*runs.Record // the run that retried a file, by what it is
	epoch string                  // the run that the rows of the table begin with
	sums  map[string]string       // hashes of the files of rejects, by name
	id    string                  // of this run, if none was given
	last  *runs.Record            // a run that has retried them
	left  int                     // files that were left out
}

// whatItIs tells files of rejects apart, wherever they are: the names carry the run
// that wrote them.
func whatItIs(name, sum string) string {
	name = strings.TrimSuffix(strings.ReplaceAll(name, "\\", "/"), "/")
	return name[strings.LastIndexByte(name, '/')+1:] + " " + sum
}

// lookAtRetries has the source leave out rejects whose rows are in the table.
func (f *scoreFlags) lookAtRetries(ctx context.Context, m *pipeline.Model) error {
	if f.retry == nil || slices.Contains(f.input, "-") || f.before != nil && !f.rerun {
		return nil
	}
	f.retry.retried = retried{by: map[string]*runs.Record{}, sums: map[string]string{}}
	if f.mode == sinks.Append.String() && f.output != sinks.StreamName && !isFile(f.output) {
		if err := f.whatWasRetried(ctx); err != nil {
			return err
		}
	}
	f.sourceFlags.only = func(files []store.Object) ([]store.Object, error) { return f.unretried(ctx, m, files) }
	return nil
}

// whatWasRetried reads the records of the runs whose rows are in the table.
func (f *scoreFlags) whatWasRetried(ctx context.Context) error {
	p, err := f.past(ctx)
	if err != nil {
		return err
	}
	if f.tableFormat == filesFormat {
		f.inc.after = &p.last
	}
	present := runs.Present(p.runs)
	for _, r := range present {
		f.retry.epoch = r.RunID
		if !r.Retried || r.RunID == f.id {
			continue
		}
		for _, file := range r.Source.Files {
			f.retry.by[whatItIs(file.Name, file.SHA256)] = r
			if file.SHA256 == "" { // of an older version
				f.retry.by[older(file)] = r
			}
		}
	}
	return nil
}

// older is whatItIs of a file in a record without hashes.
func older(f runs.File) string { return fmt.Sprint(f.Name, " ", f.Size, " ", f.ETag) }

// unretried returns those of the files whose rows are not in the table.
func (f *scoreFlags) unretried(ctx context.Context, m *pipeline.Model, files []store.Object) ([]store.Object, error) {
	now := &runs.Record{Models: f.models.describe(m), Options: shaping(f.runFlags.flags), Source: runs.Source{Kind: runs.Files}}
	seen := map[string]bool{}
	var kept []store.Object
	for _, o := range files {
		sum, err := f.hash(ctx, o)
		if err != nil {
			return nil, err
		}
		is := whatItIs(o.Name, sum)
		f.retry.sums[absolute(o.Name)] = sum
		by := f.retry.by[is]
		if by == nil {
			by = f.retry.by[older(runs.File{Name: absolute(o.Name), Size: o.Size, ETag: o.ETag})]
		}
		switch {
		case by != nil:
			if err := f.again(o.Name, by, now); err != nil {
				return nil, err
			}
			if f.retry.last == nil || by.Finished > f.retry.last.Finished {
				f.retry.last = by
			}
			f.retry.left++
		case !seen[is]:
			kept = append(kept, o)
		}
		seen[is] = true
	}
	if len(kept) == 0 && f.retry.left > 0 {
		return nil, errRetried
	}
	f.retry.id = f.retryID(now, slices.Sorted(maps.Keys(seen)))
	return kept, nil
}

// again refuses rejects that a run has retried in another way: their rows would be
// in the table twice.
func (f *scoreFlags) again(name string, by, now *runs.Record) error {
	for _, part := range []string{"limit", "sample"} {
		if by.Options[part] != "" && by.Options[part] != "0" && len(runs.Changes(by, now)) > 0 {
			return incrementalError{fmt.Sprintf("%s: a part of these rejects (--%s %s) was retried into %s by run %s, and would be in it twice",
				name, part, by.Options[part], f.output, by.RunID)}
		}
	}
	what := runs.Changes(by, now)
	if len(what) == 0 {
		return nil
	}
	left := "that run rejected no row again"
	if by.Rejects != nil && by.Rejects.Rows > 0 {
		left = "what it rejected again is in " + by.Rejects.Path + ": retry that"
	}
	return incrementalError{fmt.Sprintf("%s: these rejects were retried into %s by run %s, and rows that passed would be in it twice: %s; %s",
		name, f.output, by.RunID, strings.Join(what, "; "), left)}
}

// retryID is the id of a retry that was given none: the same rejects that are
// retried in the same way into the same table are the same run.
func (f *scoreFlags) retryID(now *runs.Record, files []string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q\n", f.retry.epoch, files, f.mode)
	for _, m := range now.Models {
		fmt.Fprintf(h, "%q %q\n", m.Label, m.SHA256)
	}
	for _, name := range slices.Sorted(maps.Keys(now.Options)) {
		fmt.Fprintf(h, "%q %q\n", name, now.Options[name])
	}
	return "retry-" + hex.EncodeToString(h.Sum(nil))[:32]
}

// hash returns the hash of a file of rejects.
func (f *sourceFlags) hash(ctx context.Context, o store.Object) (string, error) {
	var in sources.Opener = files.Local()
	if f.remote != nil {
		in = f.remote
	}
	r, err := in.Open(ctx, o.Name)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, io.NewSectionReader(r, 0, r.Size()))
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, r.Close())
}

// allRetried reports that nothing is left to retry.
func (f *scoreFlags) allRetried(out *output) error {
	r := f.retry.last
	out.log.Info("the rejects were retried into the table before, nothing done", "run_id", r.RunID, "finished", r.Finished, "output", f.output)
	if !f.json {
		return nil
	}
	return out.json(skipped{true, manifestOf(r)})
}
