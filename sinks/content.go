package sinks

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"leapscore/engine/store"
	"leapscore/internal/filetype"
	"leapscore/internal/hive"
	"leapscore/runs"
	"leapscore/sinks/internal/partition"
)

// Content lists the files in the folder of a table, by names relative to it.
type Content struct {
	Data   []string // data files, and checksums of them
	Hidden []string // files that readers ignore and leapscore did not write
	Stale  []string // files that describe the old data files: _SUCCESS, _metadata

	Exists  bool   // there is a table
	Foreign string // a file that is neither data nor hidden
	Lake    string // a file of a table of another format, here or in a folder below
}

// place is the location of a table, and how a run is to change it.
type place struct {
	st       *store.Store
	out      string // the table's folder
	runID    string
	identity string // of the run, in names
	ext      string
	mode     Mode
	keys     []string // that the run partitions by
	only     []string // folders of Options.Partitions
	redo     *runs.Record
	existed  bool          // there was a table when checkMode looked
	after    time.Duration // Options.SweepAfter
}

func newPlace(st *store.Store, out string, opts Options, ext string) place {
	return place{st: st, out: out, runID: opts.RunID, identity: opts.identityOf(), ext: ext, mode: opts.ModeOfRedo(),
		keys: opts.PartitionBy, only: partition.Names(opts.Partitions), redo: opts.Redo, after: opts.SweepAfter}
}

// ReadContent reads the folder of a table.
func ReadContent(ctx context.Context, st *store.Store, folder string) (*Content, error) {
	c := &Content{}
	prefix := folder + "/"
	err := st.List(ctx, prefix, true, func(o store.Object) error {
		c.add(o.Name[len(prefix):])
		return nil
	})
	return c, err
}

func (p *place) content(ctx context.Context) (*Content, error) { return ReadContent(ctx, p.st, p.out) }

// checkMode checks the mode against what is in the table.
func (p *place) checkMode(ctx context.Context) error {
	c, err := p.content(ctx)
	if err != nil {
		return err
	}
	p.existed = c.Exists
	return p.checkModeFor(c)
}

func (p *place) checkModeFor(c *Content) error {
	switch {
	case c.Lake != "":
		return lakeError(p.st, p.out, c.Lake)
	case p.redo != nil:
		return p.checkRedoFiles(c)
	case !c.Exists:
		return nil
	case p.mode == ModeError:
		return fmt.Errorf("%s: %w; choose another mode or place", p.st.URL(p.out), ErrOutputExists)
	case p.mode == ModeIgnore:
		return fmt.Errorf("%s: %w", p.st.URL(p.out), ErrIgnored)
	case p.mode == ModeAppend && c.hasFilesOf(p.identity):
		return fmt.Errorf("%s: files of this run are there already: %w", p.st.URL(p.out), ErrOutputExists)
	case p.mode == ModeOverwrite && c.Foreign != "":
		return fmt.Errorf("%s: holds %s, which is no part of a table: overwrite would remove it; move it or choose another place",
			p.st.URL(p.out), c.Foreign)
	case p.mode == ModeAppend, p.mode == ModeOverwritePartitions:
		return p.checkSameLayout(c.Data)
	}
	return nil
}

func lakeError(st *store.Store, out, sign string) error {
	way := "choose another place"
	if strings.HasPrefix(sign, "_delta_log/") {
		way = "--table-format delta writes to it, or " + way
	} else if strings.HasPrefix(sign, "metadata/") {
		way = "--table-format iceberg writes to it, or " + way
	}
	return fmt.Errorf("%s: holds %s: a table of another format, which files must not be added to or removed from by hand; %s", st.URL(out), sign, way)
}

// checkSameLayout checks that files are in folders as those of the run will be.
func (p *place) checkSameLayout(files []string) error {
	for _, rel := range files {
		var keys []string
		for _, pair := range hive.Of(rel) {
			keys = append(keys, pair.Key)
		}
		if !slices.Equal(keys, p.keys) {
			return &LayoutError{Table: p.st.URL(p.out), File: rel, Found: keys, Want: p.keys}
		}
	}
	return nil
}

// partitionsOf returns the partitions that have files.
func partitionsOf(files []File) map[string]bool {
	found := make(map[string]bool)
	for _, f := range files {
		found[path.Dir(f.Name)] = true
	}
	return found
}

// isWithin reports whether a file is in one of the folders.
func isWithin(folders map[string]bool, rel string) bool {
	for dir := hive.Respell(path.Dir(rel)); dir != "."; dir = path.Dir(dir) {
		if folders[dir] {
			return true
		}
	}
	return false
}

func (c *Content) add(rel string) {
	folders, base := path.Split(rel)
	switch {
	case strings.HasPrefix(rel, tempName+"/"):
		// Another attempt's, or this one's.
	case isLakeFile(rel):
		c.Lake = rel
	case rel == SuccessName:
		c.Exists = true
		c.Stale = append(c.Stale, rel)
	case base == "_metadata", base == "_common_metadata", rel == "."+SuccessName+".crc":
		c.Stale = append(c.Stale, rel)
	case !hiddenFolder(folders) && strings.HasPrefix(base, ".") && strings.HasSuffix(base, ".crc"):
		c.Data = append(c.Data, rel)
	case hiddenFolder(folders), store.Hidden(base):
		c.Hidden = append(c.Hidden, rel)
	default:
		c.Exists = true
		c.Data = append(c.Data, rel)
		if !filetype.IsData(base) && c.Foreign == "" {
			c.Foreign = rel
		}
	}
}

// lakeFolders mark a folder as a Delta or Hudi table or as the output of a Spark
// stream.
var lakeFolders = []string{"_delta_log", ".hoodie", "_spark_metadata"}

// isLakeFile reports whether a file marks its folder, or one above it, as a table of
// another format: leapscore must not add data files there or delete any. Hidden folders
// are not searched, since no run changes them.
func isLakeFile(rel string) bool {
	parts := strings.Split(rel, "/")
	for i, p := range parts[:len(parts)-1] {
		if p = strings.ToLower(p); slices.Contains(lakeFolders, p) {
			return true
		}
		base := strings.ToLower(parts[i+1])
		if p == "metadata" && i == len(parts)-2 && (strings.Contains(base, ".metadata.json") || base == "version-hint.text") {
			return true
		}
		if store.Hidden(p) {
			return false
		}
	}
	return false
}

func hiddenFolder(folders string) bool {
	for f := range strings.SplitSeq(folders, "/") {
		if store.Hidden(f) {
			return true
		}
	}
	return false
}

// hasFilesOf reports whether there are files of the run with the identity.
func (c *Content) hasFilesOf(identity string) bool {
	for _, rel := range c.Data {
		if strings.Contains(rel, "-"+identity+".") {
			return true
		}
	}
	return false
}

// split returns the files of the old table that the new one keeps, and those that
// are to be removed.
func (c *Content) split(leaves func(rel string) bool) (staying, leaving []string) {
	staying, leaving = slices.Clone(c.Hidden), slices.Clone(c.Stale)
	for _, rel := range c.Data {
		if leaves(rel) {
			leaving = append(leaving, rel)
		} else {
			staying = append(staying, rel)
		}
	}
	return staying, leaving
}

func baseName(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
