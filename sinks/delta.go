package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks/internal/delta"
	"leapscore/sinks/internal/parquet"
)

// The commit of a Delta table, here "preds" in the run "r":
//
//	writing    preds/part-00000-<r>-<attempt>.parquet   no reader looks at them
//	   |
//	   |  preds/_delta_log/00000000000000000007.json is put if there is none:
//	   |  one step, with the files to add and, in overwrite, to remove
//	   v
//	published  version 7
//
// If another writer has put version 7 meanwhile, its changes are read and version
// 8 is tried: an append adds to what is there, an overwrite replaces that too.
// Nothing is locked. Files that leave the table stay in the folder, for readers
// of older versions, until someone vacuums it. A run that dies leaves files that no
// version names; VACUUM removes them too, like those of any other writer.

// DeltaOptions are options of Delta tables alone.
type DeltaOptions struct {
	// ReplaceSchema lets an overwrite change the columns of the table.
	ReplaceSchema bool
	// Attempt tells attempts of one run apart, in names of files. By default it
	// is random; attempts at the same time must not have the same.
	Attempt string
}

// ErrRunDone is returned by CreateDelta, and by Create with Options.Plan or Once,
// if the table holds the rows of the run already. There is nothing to do then.
var ErrRunDone = fmt.Errorf("the run is in the table already: %w", ErrOutputExists)

// ErrMismatch says that columns are missing or have other types than in the table.
var ErrMismatch = errors.New("the rows do not fit the table")

// deltaTries bounds how often a commit is tried while others are faster.
const deltaTries = 100

// deltaTable is the publisher of CreateDelta.
type deltaTable struct {
	place
	log     *delta.Log
	snap    *delta.Snapshot
	attempt string // tells this attempt from others of the same run
	opts    Options
	more    DeltaOptions
	fit     *deltaFit
	stats   map[string]string // of files, by name
	mu      sync.Mutex        // of written
	written []string
	ended   bool
}

// CreateDelta starts a change of the Delta table in the folder path of st, or a
// new one. In mode Append the columns must be those of the table, by name; columns
// of the table that are missing are null. It refuses tables with features that it
// does not know. Runs may write at the same time: each change is one version.
func CreateDelta(ctx context.Context, st *store.Store, path string, opts Options, more DeltaOptions) (Table, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	path = strings.TrimSuffix(path, "/")
	d := &deltaTable{
		place:   place{st: st, out: path, runID: opts.RunID, identity: runIdentity(opts.RunID), ext: ".parquet", mode: modeOfRedo(opts.Mode, opts.Redo), redo: opts.Redo},
		log:     &delta.Log{Store: st, Table: path},
		attempt: more.Attempt,
		opts:    opts,
		more:    more,
		stats:   make(map[string]string),
	}
	if d.attempt == "" {
		d.attempt = uuid.NewString()[:8]
	}
	if d.snap, err = d.log.Load(ctx); err != nil {
		return nil, err
	}
	if err := d.admit(ctx); err != nil {
		return nil, err
	}
	if d.fit, err = d.fitted(); err != nil {
		return nil, err
	}
	given := opts.Schema
	opts.Schema, opts.PartitionBy = d.fit.file, d.fit.by
	parts, rest, err := partitioned(opts)
	if err != nil {
		return nil, err
	}
	opts.Schema = rest
	opts.Plan, opts.Resume = nil, false // there is nothing to go on with
	f, err := newParquet(opts)
	if err != nil {
		return nil, err
	}
	t := newTable(st, f, d, opts)
	t.create = createVisible(st)
	if parts != nil {
		t.partition(st, path, parts)
	}
	return convertTo(t, given, d.fit.file), nil
}

// admit checks the mode and the protocol against the table.
func (d *deltaTable) admit(ctx context.Context) error {
	where := d.st.URL(d.out)
	if d.snap.Version < 0 {
		return d.vacant(ctx)
	}
	if d.opts.Redo != nil {
		if _, err := d.redoDelta(); err != nil {
			return err
		}
	} else if _, done := d.snap.Txns[d.appID()]; done {
		return fmt.Errorf("%s: run %s: %w", where, d.opts.RunID, ErrRunDone)
	}
	switch d.mode {
	case OverwritePartitions:
		return fmt.Errorf("%s: mode overwrite-partitions is not for Delta tables, overwrite and append are", where)
	case Error:
		return fmt.Errorf("%s: %w, at version %d; choose another mode or place", where, ErrOutputExists, d.snap.Version)
	case Ignore:
		return fmt.Errorf("%s: %w", where, ErrIgnored)
	}
	if err := d.snap.Writable(d.mode == Overwrite || d.redo != nil); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

// vacant fails if there are files of another kind of table, which nobody would
// find under a log.
func (d *deltaTable) vacant(ctx context.Context) error {
	c, err := d.content(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.lake != "" && !strings.HasPrefix(c.lake, delta.LogFolder+"/"):
		return fmt.Errorf("%s: holds %s: a table of another format", d.st.URL(d.out), c.lake)
	case c.exists && !d.leftovers(c):
		return fmt.Errorf("%s: holds files but no Delta table: %w; choose another place", d.st.URL(d.out), ErrOutputExists)
	}
	return nil
}

// leftovers reports whether all files are of runs that died while they made a
// Delta table.
func (d *deltaTable) leftovers(c *content) bool {
	return !slices.ContainsFunc(c.data, func(rel string) bool { return !deltaPart.MatchString(baseName(rel)) }) && len(c.stale) == 0
}

// appID names the run to the table.
func (d *deltaTable) appID() string { return appPrefix + d.opts.RunID }

func (d *deltaTable) scratch() string { return "" }

func (d *deltaTable) name(folder string, i int) string {
	name := store.Join(d.out, store.Join(folder, fmt.Sprintf("part-%05d-%s-%s%s", i, d.identity, d.attempt, d.ext)))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written = append(d.written, name)
	return name
}

func (d *deltaTable) excl() bool { return false }

func (d *deltaTable) observe(name string, columns []parquet.ColumnStats) {
	d.stats[name] = deltaStats(columns)
}

func (d *deltaTable) publish(ctx context.Context, m *Manifest) error {
	adds, err := d.adds(m)
	if err != nil {
		return err
	}
	if m.Record != nil && d.redo == nil { // else the old record is true until the commit
		d.written = append(d.written, store.Join(d.out, runs.Name(m.RunID)))
		if err := d.writeRecord(ctx, d.out, m, &content{}); err != nil {
			return err
		}
	}
	for range deltaTries {
		actions := d.actions(m, adds)
		version := d.snap.Version + 1
		err := d.put(ctx, version, actions)
		if err == nil {
			d.ended = true
			d.checkpoint(context.WithoutCancel(ctx))
			d.noteRedo(context.WithoutCancel(ctx), m)
			return nil
		}
		if !errors.Is(err, store.ErrExists) {
			return err
		}
		if err := d.rebase(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s: other runs were faster %d times; try again later", d.st.URL(d.out), deltaTries)
}

// checkpoint writes a checkpoint of the version that was put, when it is time for
// one, whatever has come after it. The table is whole without it.
func (d *deltaTable) checkpoint(ctx context.Context) {
	if err := d.log.Next(ctx, d.snap); err == nil && d.snap.CheckpointDue() {
		_ = d.log.WriteCheckpoint(ctx, d.snap, time.Now())
	}
}

// put writes a version. If the store fails, it is asked what became of it: the
// error is store.ErrExists if the version is of another writer.
func (d *deltaTable) put(ctx context.Context, version int64, actions []delta.Action) error {
	err := d.log.Put(ctx, version, actions)
	if err == nil {
		return nil
	}
	there, readErr := d.log.Commit(context.WithoutCancel(ctx), version)
	switch {
	case errors.Is(readErr, store.ErrNotExist):
		return err
	case readErr != nil:
		d.ended = true
		return &UncertainError{Path: d.st.URL(d.out), Err: err}
	case d.ours(there):
		return nil
	}
	return fmt.Errorf("version %d: %w", version, store.ErrExists)
}

// ours reports whether a commit is of this attempt.
func (d *deltaTable) ours(actions []delta.Action) bool {
	return slices.ContainsFunc(actions, func(a delta.Action) bool { return a.CommitInfo["txnId"] == d.txnID() })
}

func (d *deltaTable) txnID() string { return d.identity + "-" + d.attempt }

// rebase reads what others have committed, and checks everything anew.
func (d *deltaTable) rebase(ctx context.Context) error {
	if err := d.log.Update(ctx, d.snap); err != nil {
		return err
	}
	if err := d.admit(ctx); err != nil {
		return err
	}
	fit, err := d.fitted()
	if err != nil {
		return err
	}
	if !fit.file.Equal(d.fit.file) || !slices.Equal(fit.by, d.fit.by) {
		return fmt.Errorf("%s: the columns of the table have changed meanwhile; run again", d.st.URL(d.out))
	}
	d.fit = fit
	return nil
}

// adds are the actions for the files of the run.
func (d *deltaTable) adds(m *Manifest) ([]delta.Action, error) {
	now := time.Now().UnixMilli()
	var adds []delta.Action
	for _, f := range m.Files {
		add := &delta.Add{
			Path: escapePath(f.Name), PartitionValues: partitionValues(f.Partition), Size: f.Bytes, ModificationTime: now, DataChange: true,
		}
		stats, err := withRows(d.stats[f.Name], f.Rows)
		if err != nil {
			return nil, err
		}
		add.Stats = stats
		adds = append(adds, delta.Action{Add: add})
	}
	return adds, nil
}

// partitionValues are never nil in the log.
func partitionValues(values map[string]*string) map[string]*string {
	if values == nil {
		return map[string]*string{}
	}
	return values
}

// escapePath writes a relative path as in a URL.
func escapePath(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// actions is the commit upon the state that is known.
func (d *deltaTable) actions(m *Manifest, adds []delta.Action) []delta.Action {
	now := time.Now().UnixMilli()
	actions := []delta.Action{{CommitInfo: d.commitInfo(m, now)}}
	if d.fit.protocol != nil {
		actions = append(actions, delta.Action{Protocol: d.fit.protocol})
	}
	if d.fit.meta != nil {
		actions = append(actions, delta.Action{MetaData: d.fit.meta})
	}
	actions = append(actions, delta.Action{Txn: &delta.Txn{AppID: d.appID(), Version: d.times(), LastUpdated: &now}})
	if token := d.opts.Token; token != "" {
		actions = append(actions, delta.Action{Txn: &delta.Txn{AppID: commitPrefix + token, Version: 0, LastUpdated: &now}})
	}
	own, err := d.redoDelta()
	if err != nil {
		panic(err) // admit has looked
	}
	if d.mode == Overwrite || d.redo != nil {
		for _, path := range sortedKeys(d.snap.Files) {
			f := d.snap.Files[path]
			if d.redo != nil && !own[path] {
				continue
			}
			actions = append(actions, delta.Action{Remove: &delta.Remove{
				Path: path, DeletionTimestamp: &now, DataChange: true, ExtendedFileMetadata: true,
				PartitionValues: f.PartitionValues, Size: &f.Size,
			}})
		}
	}
	return append(actions, adds...)
}

// commitInfo is what DESCRIBE HISTORY shows.
func (d *deltaTable) commitInfo(m *Manifest, now int64) map[string]any {
	mode := map[Mode]string{Error: "ErrorIfExists", Ignore: "Ignore", Append: "Append", Overwrite: "Overwrite"}[d.mode]
	if d.redo != nil {
		mode = "Overwrite"
	}
	size := int64(0)
	for _, f := range m.Files {
		size += f.Bytes
	}
	about := map[string]string{
		"leapscore.run_id": m.RunID, "leapscore.model.name": m.Model.Name, "leapscore.model.version": m.Model.Version,
		"leapscore.model.uid": m.Model.UID, "leapscore.model.sha256": m.Model.SHA256,
	}
	user, err := json.Marshal(about)
	if err != nil {
		panic(err) // a map of text
	}
	by, err := json.Marshal(append([]string{}, d.fit.by...))
	if err != nil {
		panic(err) // text
	}
	info := map[string]any{
		"timestamp": now, "operation": "WRITE", "engineInfo": createdBy(m.Version), "txnId": d.txnID(), "isBlindAppend": d.mode != Overwrite && d.redo == nil,
		"operationParameters": map[string]string{"mode": mode, "partitionBy": string(by)},
		"operationMetrics": map[string]string{
			"numFiles": fmt.Sprint(len(m.Files)), "numOutputRows": fmt.Sprint(m.RowsOut), "numOutputBytes": fmt.Sprint(size),
		},
		"userMetadata": string(user),
	}
	for k, v := range about {
		info[k] = v
	}
	return info
}

// abort removes what no version names.
func (d *deltaTable) abort(ctx context.Context) error {
	if d.ended {
		return nil
	}
	d.ended = true
	if _, done := d.snap.Txns[d.appID()]; done { // by another attempt, whose record it is
		d.written = slices.DeleteFunc(d.written, func(name string) bool { return name == store.Join(d.out, runs.Name(d.runID)) })
	}
	var err error
	for _, name := range d.written {
		if e := d.st.Delete(ctx, name); !errors.Is(e, store.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
