// Package delta writes Delta tables: a sinks.Publisher whose commits are versions of
// the table's log (internal/log). It writes no data files itself and knows no models.
package delta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/delta/internal/log"
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

// Options are options of Delta tables alone.
type Options struct {
	// ReplaceSchema lets an overwrite change the columns of the table.
	ReplaceSchema bool
	// Attempt tells attempts of one run apart, in names of files. By default it
	// is random; attempts at the same time must not have the same.
	Attempt string
}

// tries limits how often a commit is retried when other runs commit first.
const tries = 100

// versions is the sinks.Publisher of Create.
type versions struct {
	st       *store.Store
	folder   string // name of the table's folder
	identity string // of the run, in names
	mode     sinks.Mode
	log      *log.Log
	snap     *log.Snapshot
	attempt  string // tells this attempt from others of the same run
	opts     sinks.Options
	more     Options
	fit      *fit
	mu       sync.Mutex // of written
	written  []string
	ended    bool
}

// Create starts a change of the Delta table in the folder of st, or a new one. In
// ModeAppend the columns must be those of the table, by name; columns of the table
// that are missing are null. It refuses tables with features that it does not know.
// Runs may write at the same time: each change is one version.
func Create(ctx context.Context, st *store.Store, folder string, opts sinks.Options, more Options) (sinks.Table, error) {
	opts, err := opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	folder = strings.TrimSuffix(folder, "/")
	d := &versions{
		st: st, folder: folder, identity: sinks.Identity(opts.RunID), mode: opts.ModeOfRedo(),
		log:     &log.Log{Store: st, Table: folder},
		attempt: more.Attempt,
		opts:    opts,
		more:    more,
	}
	if opts.Stage != nil {
		d.attempt = opts.Stage.Attempt
	}
	if opts.Stage != nil || opts.Adopt != nil {
		d.identity = sinks.FleetIdentity(opts.RunID)
	}
	if d.attempt == "" {
		d.attempt = uuid.NewString()[:8]
	}
	if d.snap, err = d.log.Load(ctx); err != nil {
		return nil, err
	}
	if err := d.checkMode(ctx); err != nil {
		return nil, err
	}
	if d.fit, err = d.fitSchema(); err != nil {
		return nil, err
	}
	opts.PartitionBy = d.fit.by
	return sinks.CreateFor(st, folder, d, d.fit.file, opts)
}

// checkMode checks the mode and the protocol against the table.
func (d *versions) checkMode(ctx context.Context) error {
	where := d.where()
	if d.snap.Version < 0 {
		return d.checkVacant(ctx)
	}
	if d.opts.Redo != nil {
		if _, err := d.redoneFiles(); err != nil {
			return err
		}
	} else if _, done := d.snap.Txns[d.appID()]; done {
		return fmt.Errorf("%s: run %s: %w", where, d.opts.RunID, sinks.ErrRunDone)
	}
	switch d.mode {
	case sinks.ModeOverwritePartitions:
		return fmt.Errorf("%s: mode overwrite-partitions is not for Delta tables, overwrite and append are", where)
	case sinks.ModeError:
		return fmt.Errorf("%s: %w, at version %d; choose another mode or place", where, sinks.ErrOutputExists, d.snap.Version)
	case sinks.ModeIgnore:
		return fmt.Errorf("%s: %w", where, sinks.ErrIgnored)
	}
	if err := d.snap.Writable(d.mode == sinks.ModeOverwrite || d.opts.Redo != nil); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

// checkVacant fails if there are files of another kind of table: readers of the log
// would not see them.
func (d *versions) checkVacant(ctx context.Context) error {
	c, err := sinks.ReadContent(ctx, d.st, d.folder)
	if err != nil {
		return err
	}
	switch {
	case c.Lake != "" && !strings.HasPrefix(c.Lake, log.LogFolder+"/"):
		return fmt.Errorf("%s: holds %s: a table of another format; choose another place", d.where(), c.Lake)
	case c.Exists && !d.onlyLeftovers(c):
		return fmt.Errorf("%s: holds files but no Delta table: %w; choose another place", d.where(), sinks.ErrOutputExists)
	}
	return nil
}

// onlyLeftovers reports whether all files are of runs that died while they made a
// Delta table.
func (d *versions) onlyLeftovers(c *sinks.Content) bool {
	return !slices.ContainsFunc(c.Data, func(rel string) bool { return !partFile.MatchString(path.Base(rel)) }) && len(c.Stale) == 0
}

// appID names the run to the table.
func (d *versions) appID() string { return appPrefix + d.opts.RunID }

func (d *versions) where() string { return d.st.URL(d.folder) }

// Replacing reports whether the run replaces rows of a table that is there.
func (d *versions) Replacing() bool {
	return d.snap.Version >= 0 && (d.mode == sinks.ModeOverwrite || d.mode == sinks.ModeOverwritePartitions || d.opts.Redo != nil)
}

// Name implements sinks.Publisher.
func (d *versions) Name(folder string, i int) string {
	base := fmt.Sprintf("part-%05d", i)
	if d.opts.Stage != nil {
		base = d.opts.Stage.StagedName(i)
	}
	name := path.Join(d.folder, folder, fmt.Sprintf("%s-%s-%s.parquet", base, d.identity, d.attempt))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written = append(d.written, name)
	return name
}

// Publish implements sinks.Publisher.
func (d *versions) Publish(ctx context.Context, m *sinks.Manifest, columns map[string][]sinks.ColumnStats) error {
	if d.opts.Stage != nil { // the commit of the whole run publishes them
		d.opts.Stage.Columns(columns)
		d.ended = true
		return nil
	}
	adds, err := addActions(m, columns)
	if err != nil {
		return err
	}
	if m.Record != nil && d.opts.Redo == nil { // else the old record is valid until the commit
		d.written = append(d.written, d.recordName(m.RunID))
		if err := d.writeRecord(ctx, m); err != nil {
			return err
		}
	}
	for range tries {
		actions := d.actions(m, adds)
		version := d.snap.Version + 1
		err := d.putVersion(ctx, version, actions)
		if err == nil {
			d.ended = true
			d.writeCheckpointIfDue(context.WithoutCancel(ctx))
			d.writeRedoRecord(context.WithoutCancel(ctx), m)
			return nil
		}
		if !errors.Is(err, store.ErrExists) {
			return err
		}
		if err := d.rebase(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s: other runs were faster %d times; try again later", d.where(), tries)
}

// writeCheckpointIfDue writes a checkpoint of the version that was put if one is due,
// whether or not later versions exist. The table is complete without it.
func (d *versions) writeCheckpointIfDue(ctx context.Context) {
	if err := d.log.Next(ctx, d.snap); err == nil && d.snap.CheckpointDue() {
		_ = d.log.WriteCheckpoint(ctx, d.snap, time.Now())
	}
}

// putVersion writes a version. After an error it reads the version back: the error is
// store.ErrExists if another writer has put it.
func (d *versions) putVersion(ctx context.Context, version int64, actions []log.Action) error {
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
		return &sinks.UncertainError{Path: d.where(), Err: err}
	case d.isOwnCommit(there):
		return nil
	}
	return fmt.Errorf("version %d: %w", version, store.ErrExists)
}

// isOwnCommit reports whether a commit is of this attempt.
func (d *versions) isOwnCommit(actions []log.Action) bool {
	return slices.ContainsFunc(actions, func(a log.Action) bool { return a.CommitInfo["txnId"] == d.txnID() })
}

func (d *versions) txnID() string { return d.identity + "-" + d.attempt }

// rebase reads the versions that others have committed, and repeats all checks.
func (d *versions) rebase(ctx context.Context) error {
	if err := d.log.Update(ctx, d.snap); err != nil {
		return err
	}
	if err := d.checkMode(ctx); err != nil {
		return err
	}
	fit, err := d.fitSchema()
	if err != nil {
		return err
	}
	if !fit.file.Equal(d.fit.file) || !slices.Equal(fit.by, d.fit.by) {
		return fmt.Errorf("%s: the columns of the table have changed meanwhile; run again", d.where())
	}
	d.fit = fit
	return nil
}

// addActions are the actions for the files of the run.
func addActions(m *sinks.Manifest, columns map[string][]sinks.ColumnStats) ([]log.Action, error) {
	now := time.Now().UnixMilli()
	var adds []log.Action
	for _, f := range m.Files {
		add := &log.Add{
			Path: escapePath(f.Name), PartitionValues: partitionValues(f.Partition), Size: f.Bytes, ModificationTime: now, DataChange: true,
		}
		text, err := stats(columns[f.Name], f.Rows)
		if err != nil {
			return nil, err
		}
		add.Stats = text
		adds = append(adds, log.Action{Add: add})
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

// actions returns the actions of the commit on top of the snapshot.
func (d *versions) actions(m *sinks.Manifest, adds []log.Action) []log.Action {
	now := time.Now().UnixMilli()
	actions := []log.Action{{CommitInfo: d.commitInfo(m, now)}}
	if d.fit.protocol != nil {
		actions = append(actions, log.Action{Protocol: d.fit.protocol})
	}
	if d.fit.meta != nil {
		actions = append(actions, log.Action{MetaData: d.fit.meta})
	}
	actions = append(actions, log.Action{Txn: &log.Txn{AppID: d.appID(), Version: d.redoCount(), LastUpdated: &now}})
	if token := d.opts.Token; token != "" {
		actions = append(actions, log.Action{Txn: &log.Txn{AppID: commitPrefix + token, Version: 0, LastUpdated: &now}})
	}
	own, err := d.redoneFiles()
	if err != nil {
		panic(err) // checkMode has looked
	}
	if d.mode == sinks.ModeOverwrite || d.opts.Redo != nil {
		for _, path := range slices.Sorted(maps.Keys(d.snap.Files)) {
			f := d.snap.Files[path]
			if d.opts.Redo != nil && !own[path] {
				continue
			}
			actions = append(actions, log.Action{Remove: &log.Remove{
				Path: path, DeletionTimestamp: &now, DataChange: true, ExtendedFileMetadata: true,
				PartitionValues: f.PartitionValues, Size: &f.Size,
			}})
		}
	}
	return append(actions, adds...)
}

// commitInfo returns the values that DESCRIBE HISTORY shows.
func (d *versions) commitInfo(m *sinks.Manifest, now int64) map[string]any {
	mode := map[sinks.Mode]string{
		sinks.ModeError: "ErrorIfExists", sinks.ModeIgnore: "Ignore", sinks.ModeAppend: "Append", sinks.ModeOverwrite: "Overwrite",
	}[d.mode]
	if d.opts.Redo != nil {
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
		"timestamp": now, "operation": "WRITE", "engineInfo": sinks.CreatedBy(m.Version), "txnId": d.txnID(), "isBlindAppend": d.mode != sinks.ModeOverwrite && d.opts.Redo == nil,
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

// Abort implements sinks.Publisher: it deletes the files that no version names.
func (d *versions) Abort(ctx context.Context) error {
	if d.ended {
		return nil
	}
	d.ended = true
	if _, done := d.snap.Txns[d.appID()]; done { // by another attempt, whose record it is
		d.written = slices.DeleteFunc(d.written, func(name string) bool { return name == d.recordName(d.opts.RunID) })
	}
	var err error
	for _, name := range d.written {
		if e := d.st.Delete(ctx, name); !errors.Is(e, store.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
