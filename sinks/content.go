package sinks

import (
	"context"
	"fmt"
	"path"
	"strings"

	"leapscore/engine/store"
)

// content is what is in the folder of a table, by names relative to it.
type content struct {
	data   []string // data files, and checksums of them
	hidden []string // what readers do not see, and is not ours
	stale  []string // what describes the old files: _SUCCESS, _metadata

	exists  bool   // there is a table
	foreign string // a file that is neither data nor hidden
	lake    string // a file of a Delta or Iceberg table
}

// dataExtensions are those of files that overwrite may remove.
var dataExtensions = map[string]bool{
	".parquet": true, ".csv": true, ".tsv": true, ".json": true, ".jsonl": true, ".ndjson": true,
	".arrow": true, ".arrows": true, ".feather": true, ".ipc": true, ".avro": true, ".orc": true,
}

// compressionExtensions may stand behind them.
var compressionExtensions = map[string]bool{
	".gz": true, ".zst": true, ".snappy": true, ".lz4": true, ".bz2": true, ".br": true, ".deflate": true,
}

func isData(base string) bool {
	ext := path.Ext(base)
	if compressionExtensions[ext] {
		ext = path.Ext(strings.TrimSuffix(base, ext))
	}
	return dataExtensions[strings.ToLower(ext)]
}

// place is where a table is, and what a run wants with it.
type place struct {
	st       *store.Store
	out      string // the table's folder
	runID    string
	identity string // of the run, in names
	ext      string
	mode     Mode
}

// content reads the folder of the table.
func (p *place) content(ctx context.Context) (*content, error) {
	c := &content{}
	prefix := p.out + "/"
	err := p.st.List(ctx, prefix, true, func(o store.Object) error {
		c.add(o.Name[len(prefix):])
		return nil
	})
	return c, err
}

// admit checks the mode against what is in the table.
func (p *place) admit(ctx context.Context) error {
	c, err := p.content(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.lake != "":
		return fmt.Errorf("%s: holds %s: a table of another format, which files must not be added to or removed from by hand",
			p.st.URL(p.out), c.lake)
	case !c.exists:
		return nil
	case p.mode == Error:
		return fmt.Errorf("%s: %w; choose another mode or place", p.st.URL(p.out), ErrOutputExists)
	case p.mode == Ignore:
		return fmt.Errorf("%s: %w", p.st.URL(p.out), ErrIgnored)
	case p.mode == Append && c.ours(p.identity):
		return fmt.Errorf("%s: files of this run are there already: %w", p.st.URL(p.out), ErrOutputExists)
	case p.mode == Overwrite && c.foreign != "":
		return fmt.Errorf("%s: holds %s, which is no part of a table: overwrite would remove it; move it or choose another place",
			p.st.URL(p.out), c.foreign)
	}
	return nil
}

func (c *content) add(rel string) {
	folders, base := path.Split(rel)
	switch {
	case strings.HasPrefix(rel, tempName+"/"):
		// Another attempt's, or this one's.
	case strings.HasPrefix(rel, "_delta_log/"), strings.HasPrefix(rel, "metadata/") && strings.HasSuffix(rel, ".metadata.json"):
		c.lake = rel
	case rel == SuccessName:
		c.exists = true
		c.stale = append(c.stale, rel)
	case base == "_metadata", base == "_common_metadata", rel == "."+SuccessName+".crc":
		c.stale = append(c.stale, rel)
	case !hiddenFolder(folders) && strings.HasPrefix(base, ".") && strings.HasSuffix(base, ".crc"):
		c.data = append(c.data, rel)
	case hiddenFolder(folders), store.Hidden(base):
		c.hidden = append(c.hidden, rel)
	default:
		c.exists = true
		c.data = append(c.data, rel)
		if !isData(base) && c.foreign == "" {
			c.foreign = rel
		}
	}
}

func hiddenFolder(folders string) bool {
	for f := range strings.SplitSeq(folders, "/") {
		if store.Hidden(f) {
			return true
		}
	}
	return false
}

// ours reports whether there are files of the run.
func (c *content) ours(identity string) bool {
	for _, rel := range c.data {
		if strings.Contains(rel, "-"+identity+".") {
			return true
		}
	}
	return false
}

// staying is what the new table takes over.
func (c *content) staying(mode Mode) []string {
	if mode == Append {
		return append(c.hidden, c.data...)
	}
	return c.hidden
}

// leaving is what the new table does without.
func (c *content) leaving(mode Mode) []string {
	if mode == Append {
		return c.stale
	}
	return append(c.stale, c.data...)
}

func baseName(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
