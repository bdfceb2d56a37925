package job

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

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/job/internal/place"
	"leapscore/runs"
	"leapscore/sinks"
	"leapscore/sources"
)

// errRetried says that all rejects were retried before, into the same table.
var errRetried = errors.New("the rejects were retried before")

// earlierRetries are the rejects that were retried into the table.
type earlierRetries struct {
	by    map[string]*runs.Record // the run that retried a file, by contentKey
	epoch string                  // the run that the rows of the table begin with
	after *string                 // the run that was committed last, if it is known
}

// contentKey tells files of rejects apart, wherever they are: the names carry the run
// that wrote them.
func contentKey(name, sum string) string {
	name = strings.TrimSuffix(strings.ReplaceAll(name, "\\", "/"), "/")
	return name[strings.LastIndexByte(name, '/')+1:] + " " + sum
}

// placeKey is contentKey of a file in a record without hashes.
func placeKey(f runs.File) string { return fmt.Sprint(f.Name, " ", f.Size, " ", f.ETag) }

// readRetries reads the records of the runs whose rows are in the table. It is nil
// unless the run retries rejects that are files.
func readRetries(ctx context.Context, s Spec) (*earlierRetries, error) {
	if !s.retries() || slices.Contains(s.Input.Retry, "-") {
		return nil, nil
	}
	e := &earlierRetries{by: map[string]*runs.Record{}}
	if s.Output.Mode != sinks.ModeAppend.String() || !place.IsFolder(s.Output.Path) {
		return e, nil
	}
	p, err := s.past().Runs(ctx)
	if err != nil {
		return nil, err
	}
	if !s.Output.lake().IsLake() {
		e.after = &p.Last
	}
	for _, r := range runs.Present(p.All) {
		e.epoch = r.RunID
		if !r.Retried || r.RunID == s.Run.ID {
			continue
		}
		for _, file := range r.Source.Files {
			e.by[contentKey(file.Name, file.SHA256)] = r
			if file.SHA256 == "" { // of an older version
				e.by[placeKey(file)] = r
			}
		}
	}
	return e, nil
}

// freshRejects are the rejects that a run scores.
type freshRejects struct {
	files []store.Object
	sums  map[string]string // hashes of all files, by name
	id    string            // of the run, if it was given none
	last  *runs.Record      // the last run that has retried those that are left out
}

// chooseFresh returns those of the files whose rows are not in the table. The error is
// errRetried if there are none.
func (e *earlierRetries) chooseFresh(ctx context.Context, s Spec, m *loaded, in sources.Opener, files []store.Object) (fresh freshRejects, err error) {
	now := rowsOf(s, m)
	seen := map[string]bool{}
	left := 0
	fresh.sums = map[string]string{}
	for _, o := range files {
		if strings.Contains(place.Absolute(o.Name), "/"+runs.FailedFolder+"/") {
			return fresh, fault.Usagef("%s: holds some rejected rows of a run that failed, none of whose rows is in a table: run that job again, which scores all of them", o.Name)
		}
		sum, err := hash(ctx, in, o)
		if err != nil {
			return fresh, err
		}
		key, name := contentKey(o.Name, sum), place.Absolute(o.Name)
		fresh.sums[name] = sum
		by := e.by[key]
		if by == nil {
			by = e.by[placeKey(runs.File{Name: name, Size: o.Size, ETag: o.ETag})]
		}
		switch {
		case by != nil:
			if err := checkSameRetry(s, o.Name, by, now); err != nil {
				return fresh, err
			}
			if fresh.last == nil || by.Finished > fresh.last.Finished {
				fresh.last = by
			}
			left++
		case !seen[key]:
			fresh.files = append(fresh.files, o)
		}
		seen[key] = true
	}
	if len(fresh.files) == 0 && left > 0 {
		return fresh, errRetried
	}
	fresh.id = e.newID(s, now, slices.Sorted(maps.Keys(seen)))
	return fresh, nil
}

// checkSameRetry refuses rejects that a run has retried in another way: their rows
// would be in the table twice.
func checkSameRetry(s Spec, name string, by, now *runs.Record) error {
	what := runs.Changes(by, now)
	if len(what) == 0 {
		return nil
	}
	for _, part := range []string{"limit", "sample"} {
		if by.Options[part] != "" && by.Options[part] != "0" {
			return cannotAdd("%s: a part of these rejects (--%s %s) was retried into %s by run %s, and would be in it twice",
				name, part, by.Options[part], s.Output.Path, by.RunID)
		}
	}
	left := "that run rejected no row again"
	if by.Rejects != nil && by.Rejects.Rows > 0 {
		left = "what it rejected again is in " + by.Rejects.Path + ": retry that"
	}
	return cannotAdd("%s: these rejects were retried into %s by run %s, and rows that passed would be in it twice: %s; %s",
		name, s.Output.Path, by.RunID, strings.Join(what, "; "), left)
}

// newID is the id of a retry that was given none: the same rejects that are retried in
// the same way into the same table are the same run.
func (e *earlierRetries) newID(s Spec, now *runs.Record, files []string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q\n", e.epoch, files, s.Output.Mode)
	for _, m := range now.Models {
		fmt.Fprintf(h, "%q %q\n", m.Label, m.SHA256)
	}
	for _, name := range slices.Sorted(maps.Keys(now.Options)) {
		fmt.Fprintf(h, "%q %q\n", name, now.Options[name])
	}
	return "retry-" + hex.EncodeToString(h.Sum(nil))[:32]
}

// hash returns the hash of a file of rejects.
func hash(ctx context.Context, in sources.Opener, o store.Object) (string, error) {
	r, err := in.Open(ctx, o.Name)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, io.NewSectionReader(r, 0, r.Size()))
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, r.Close())
}
