package iceberg

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"

	"leapscore/engine/store"
	"leapscore/sinks"
)

// Options are options of Iceberg tables alone.
type Options struct {
	// Catalog is the catalog of the table, as sqlite:///path/to/catalog.db. If it
	// is empty, the folder of the table says what is current, in Hadoop style.
	Catalog string
	// CatalogName is the name that the catalog has in its database, by default
	// "default".
	CatalogName string
	// Table is what the table is called in the catalog, as namespace.name.
	Table string
	// Attempt tells attempts of one run apart, in names of files. By default it
	// is random; attempts at the same time must not have the same.
	Attempt string
}

// Names in the summary of a snapshot.
const (
	RunIDKey   = "leapscore.run-id"
	attemptKey = "leapscore.attempt"
	tokenKey   = "leapscore.token"
)

// tries bounds how often a commit is tried while others are faster.
const tries = 100

// snapshots is the sinks.Publisher of Create.
type snapshots struct {
	f       *files
	folder  string // name of the table's folder
	cat     *commits
	close   func() error
	ident   table.Identifier
	opts    sinks.Options
	attempt string
	tbl     *table.Table // as it was read last; in memory only if it is to be made
	data    table.LocationProvider
	written []string // names of data files
	record  string   // name of the record, once it is written
	ended   bool
}

// Create starts a change of the Iceberg table in the folder of st, or a new
// one. In ModeAppend the columns must be those of the table, by name; columns of
// the table that are missing are null. It refuses partitioned tables and tables of
// format version 3. Runs may write at the same time: each is a snapshot.
func Create(ctx context.Context, st *store.Store, folder string, opts sinks.Options, more Options) (sinks.Table, error) {
	f, err := filesOf(ctx, st)
	if err != nil {
		return nil, err
	}
	if opts.RunID == "" {
		return nil, errors.New("a table needs a run id")
	}
	s := &snapshots{
		f: f, folder: strings.TrimSuffix(folder, "/"), opts: opts,
		attempt: more.Attempt, close: func() error { return nil }, ident: table.Identifier{"default", "table"},
	}
	if s.attempt == "" {
		s.attempt = uuid.NewString()[:8]
	}
	if err := s.openPointer(ctx, more); err != nil {
		return nil, err
	}
	t, err := s.create(ctx)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return t, nil
}

// openPointer opens the catalog, or the folder, that says which metadata are current.
func (s *snapshots) openPointer(ctx context.Context, more Options) error {
	s.cat = &commits{f: s.f, p: &folderPointer{f: s.f, path: s.folder}}
	if more.Catalog == "" {
		return nil
	}
	name := more.CatalogName
	if name == "" {
		name = "default"
	}
	p, err := openCatalog(ctx, s.f, more.Catalog, name, more.Table)
	if err != nil {
		return err
	}
	s.cat.p, s.close, s.ident = p, p.close, strings.Split(more.Table, ".")
	return nil
}

func (s *snapshots) create(ctx context.Context) (sinks.Table, error) {
	tbl, err := s.cat.LoadTable(ctx, s.ident)
	switch {
	case errors.Is(err, errNoTable):
		err = s.describeNewTable(ctx)
	case err == nil:
		s.tbl = tbl
		err = s.checkMode()
	}
	if err != nil {
		return nil, err
	}
	md := s.tbl.Metadata()
	file, err := fit(md.CurrentSchema(), s.opts.Schema)
	if err != nil {
		return nil, fmt.Errorf("%s: %w:\n%w", s.where(), sinks.ErrMismatch, err)
	}
	if s.data, err = table.LoadLocationProvider(md.Location(), md.Properties()); err != nil {
		return nil, err
	}
	if _, err := s.f.name(s.data.NewDataLocation("x")); err != nil {
		return nil, err
	}
	opts, err := s.opts.WithDefaults()
	if err != nil {
		return nil, err
	}
	if len(opts.PartitionBy) > 0 {
		return nil, &sinks.ColumnError{Column: opts.PartitionBy[0], Reason: "tables of this kind are written without partitions"}
	}
	return sinks.CreateFor(s.f.st, s.folder, s, file, opts)
}

// hasRun reports whether the table that was read last has a snapshot of the run.
func (s *snapshots) hasRun() bool {
	return slices.ContainsFunc(s.tbl.Metadata().Snapshots(), func(snap table.Snapshot) bool {
		return snap.Summary != nil && snap.Summary.Properties[RunIDKey] == s.opts.RunID
	})
}

// Replacing reports whether the run replaces rows of a table that is there.
func (s *snapshots) Replacing() bool {
	return (s.opts.Mode == sinks.ModeOverwrite || s.opts.Redo != nil) && s.tbl.CurrentSnapshot() != nil
}

func (s *snapshots) where() string { return s.f.st.URL(s.folder) }

// describeNewTable prepares the metadata of a table that does not exist yet.
func (s *snapshots) describeNewTable(ctx context.Context) error {
	prefix := s.folder + "/"
	err := s.f.st.List(ctx, prefix, false, func(o store.Object) error {
		switch base := strings.TrimSuffix(o.Name[len(prefix):], "/"); {
		case base == "_delta_log":
			return fmt.Errorf("%s: holds _delta_log: a table of another format; choose another place, or --table-format delta", s.where())
		case base != "data" && base != "metadata" && !store.Hidden(base):
			return fmt.Errorf("%s: holds files but no Iceberg table: %w; choose another place", s.where(), sinks.ErrOutputExists)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := checkLocation(s.f.location(s.folder)); err != nil {
		return err
	}
	s.f.hideLocation(s.f.location(s.folder))
	schema, err := schemaOf(s.opts.Schema)
	if err != nil {
		return err
	}
	spec := iceberg.NewPartitionSpec()
	md, err := table.NewMetadata(schema, &spec, table.UnsortedSortOrder, s.f.standIn.hide(s.f.location(s.folder)), nil)
	if err != nil {
		return err
	}
	s.cat.fresh = md
	s.tbl = table.New(s.ident, md, "", s.f.open, s.cat)
	return nil
}

// checkMode checks the mode and the form of the table.
func (s *snapshots) checkMode() error {
	md := s.tbl.Metadata()
	if s.hasRun() && s.opts.Redo == nil {
		return fmt.Errorf("%s: run %s: %w", s.where(), s.opts.RunID, sinks.ErrRunDone)
	}
	switch {
	case s.opts.Redo != nil:
	case s.opts.Mode == sinks.ModeError:
		return fmt.Errorf("%s: %w; choose another mode or place", s.where(), sinks.ErrOutputExists)
	case s.opts.Mode == sinks.ModeIgnore:
		return fmt.Errorf("%s: %w", s.where(), sinks.ErrIgnored)
	}
	if want, err := s.f.name(md.Location()); err != nil || strings.TrimSuffix(want, "/") != s.folder {
		return fmt.Errorf("%s: the table is at %s: name that as the output", s.where(), s.f.standIn.reveal(md.Location()))
	}
	if err := s.checkPaths(md); err != nil {
		return err
	}
	if md.Version() > 2 {
		return fmt.Errorf("%s: the table is of format version %d, this writer knows versions 1 and 2", s.where(), md.Version())
	}
	if spec := md.PartitionSpec(); !spec.IsUnpartitioned() {
		return fmt.Errorf("%s: the table is partitioned by %s, which this writer does not know", s.where(), spec)
	}
	return nil
}

// Name implements sinks.Publisher.
func (s *snapshots) Name(_ string, i int) string {
	base := fmt.Sprintf("part-%05d-%s-%s.parquet", i, sinks.Identity(s.opts.RunID), s.attempt)
	name, err := s.f.name(s.data.NewDataLocation(base))
	if err != nil {
		panic(err) // create has tried it
	}
	s.written = append(s.written, name)
	return name
}

// Publish implements sinks.Publisher.
func (s *snapshots) Publish(ctx context.Context, m *sinks.Manifest, columns map[string][]sinks.ColumnStats) error {
	file := s.tbl.Schema()
	var adds []iceberg.DataFile
	for _, f := range m.Files {
		location := s.f.standIn.reveal(s.data.NewDataLocation(path.Base(f.Name)))
		d, err := dataFile(s.tbl.Spec(), location, f, columns[f.Name])
		if err != nil {
			return err
		}
		adds = append(adds, d)
	}
	if s.opts.Redo == nil { // else the old record is valid until the commit
		if err := s.writeRecord(ctx, m); err != nil {
			return err
		}
	}
	for range tries {
		err := s.commitOnce(ctx, adds, summary(m, s.attempt))
		if err != nil {
			err = s.resolveFailure(context.WithoutCancel(ctx), err)
		}
		if err == nil {
			s.ended = true
			if s.opts.Redo != nil {
				if err := s.writeRecord(context.WithoutCancel(ctx), m); err != nil {
					m.Warnings = append(m.Warnings, fmt.Sprintf("the table is published, but its record is that of the run before it was done again: %v", err))
				}
			}
			_ = s.close()
			return nil
		}
		if !errors.Is(err, table.ErrCommitFailed) {
			return err
		}
		if err := s.rebase(ctx, file); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s: other runs were faster %d times; try again later", s.where(), tries)
}

// writeRecord writes the record of the run. Readers ignore it before its snapshot is
// there.
func (s *snapshots) writeRecord(ctx context.Context, m *sinks.Manifest) error {
	if m.Record == nil {
		return nil
	}
	name, err := sinks.WriteRecord(ctx, s.f.st, s.folder, s.opts, m)
	s.record = name
	return err
}

// commitOnce tries to commit on top of the table as it was read last.
func (s *snapshots) commitOnce(ctx context.Context, adds []iceberg.DataFile, props iceberg.Properties) error {
	tx := s.tbl.NewTransaction()
	var old []iceberg.DataFile
	if (s.opts.Mode == sinks.ModeOverwrite || s.opts.Redo != nil) && s.tbl.CurrentSnapshot() != nil {
		tasks, err := s.tbl.Scan().PlanFiles(ctx)
		if err != nil {
			return err
		}
		seen := make(map[string]bool, len(tasks))
		for _, t := range tasks { // a file can have several
			if at := t.File.FilePath(); !seen[at] {
				seen[at] = true
				old = append(old, t.File)
			}
		}
	}
	old, err := s.replacedFiles(old)
	if err != nil {
		return err
	}
	if len(old) > 0 {
		err = tx.ReplaceDataFilesWithDataFiles(ctx, old, adds, props, table.WithoutAutoNameMapping())
	} else {
		err = tx.AddDataFiles(ctx, adds, props, table.WithoutAutoNameMapping(), table.WithoutDuplicateCheck())
	}
	if err != nil {
		return err
	}
	_, err = tx.Commit(ctx)
	return err
}

// replacedFiles returns those of the files that are replaced: all, or those of the run
// that is done again.
func (s *snapshots) replacedFiles(old []iceberg.DataFile) ([]iceberg.DataFile, error) {
	if s.opts.Redo == nil {
		return old, nil
	}
	there := map[string]bool{}
	for _, f := range old {
		there[path.Base(f.FilePath())] = true
	}
	own := map[string]bool{}
	for _, f := range s.opts.Redo.Output.Files {
		own[path.Base(f.Name)] = true
	}
	err := sinks.CheckRedo(s.where(), s.opts.Redo, func(name string) bool { return there[path.Base(name)] })
	return slices.DeleteFunc(old, func(f iceberg.DataFile) bool { return !own[path.Base(f.FilePath())] }), err
}

// resolveFailure reads the table after a commit failed with err. If the snapshot is
// there all the same, it returns nil, else it deletes the files of that commit.
func (s *snapshots) resolveFailure(ctx context.Context, err error) error {
	now, loadErr := s.cat.LoadTable(ctx, s.ident)
	switch {
	case errors.Is(loadErr, errNoTable):
	case loadErr != nil:
		s.ended = true
		return errors.Join(&sinks.UncertainError{Path: s.where(), Err: err}, s.close())
	default:
		for _, snap := range now.Metadata().Snapshots() {
			if snap.Summary != nil && snap.Summary.Properties[attemptKey] == s.attempt {
				return nil
			}
		}
	}
	if removeErr := s.f.removeMade(ctx); removeErr != nil {
		return errors.Join(err, removeErr)
	}
	return err
}

// rebase reads the table after another run committed first, and repeats all checks.
func (s *snapshots) rebase(ctx context.Context, schema *iceberg.Schema) error {
	tbl, err := s.cat.LoadTable(ctx, s.ident)
	if err != nil {
		return err
	}
	s.cat.fresh, s.tbl = nil, tbl
	if err := s.checkMode(); err != nil {
		return err
	}
	if !tbl.Schema().Equals(schema) {
		return fmt.Errorf("%s: the columns of the table have changed meanwhile; run again", s.where())
	}
	return nil
}

// summary returns the properties that a snapshot has of its run.
func summary(m *sinks.Manifest, attempt string) iceberg.Properties {
	props := iceberg.Properties{
		RunIDKey: m.RunID, attemptKey: attempt, "leapscore.version": m.Version,
		"leapscore.model.name": m.Model.Name, "leapscore.model.version": m.Model.Version,
		"leapscore.model.uid": m.Model.UID, "leapscore.model.sha256": m.Model.SHA256,
		"leapscore.rows-in": fmt.Sprint(m.RowsIn), "leapscore.rows-skipped": fmt.Sprint(m.Skipped), "leapscore.rows-rejected": fmt.Sprint(m.Rejected),
	}
	if m.Token != "" {
		props[tokenKey] = m.Token
	}
	return props
}

// Abort implements sinks.Publisher.
func (s *snapshots) Abort(ctx context.Context) error {
	if s.ended {
		return nil
	}
	s.ended = true
	err := s.f.removeMade(ctx)
	if s.record != "" && !s.hasRun() { // by another attempt, whose record it is
		s.written = append(s.written, s.record)
	}
	for _, name := range s.written {
		if e := s.f.st.Delete(ctx, name); !errors.Is(e, store.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, s.close())
}
