package iceberg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"

	iceio "github.com/apache/iceberg-go/io"
	"github.com/apache/iceberg-go/table"

	"leapscore/engine/store"
)

// pointer says which metadata file is the current one.
type pointer interface {
	// current returns its location, or "" if there is no table.
	current(ctx context.Context) (string, error)
	// swap writes the metadata that follow those at from, and makes them the
	// current ones, if those at from still are; else the error is
	// table.ErrCommitFailed. root is the location of the table.
	swap(ctx context.Context, root, from string, metadata []byte) (to string, err error)
}

// folderPointer is the pointer of tables in Hadoop style: the file with the highest
// version is current.
type folderPointer struct {
	f    *files
	path string // name of the table's folder
}

var (
	hadoopName  = regexp.MustCompile(`^v(\d+)(?:\.gz)?\.metadata\.json(?:\.gz)?$`)
	catalogName = regexp.MustCompile(`^(\d+)-[0-9a-fA-F-]{36}(?:\.gz)?\.metadata\.json$`)
)

func (p *folderPointer) current(ctx context.Context) (string, error) {
	location, _, err := p.newest(ctx)
	return location, err
}

func (p *folderPointer) newest(ctx context.Context) (location string, version int, err error) {
	prefix := p.path + "/metadata/"
	other := ""
	err = p.f.st.List(ctx, prefix, false, func(o store.Object) error {
		base := path.Base(o.Name)
		if m := hadoopName.FindStringSubmatch(base); m != nil {
			if v, err := strconv.Atoi(m[1]); err == nil && v > version {
				location, version = p.f.location(o.Name), v
			}
		} else if catalogName.MatchString(base) {
			other = base
		}
		return nil
	})
	if err == nil && version == 0 && other != "" {
		err = fmt.Errorf("%s: holds metadata/%s: the table belongs to a catalog, which --iceberg-catalog must name", p.f.st.URL(p.path), other)
	}
	return location, version, err
}

func (p *folderPointer) swap(ctx context.Context, _, from string, metadata []byte) (string, error) {
	version := 0
	if from != "" {
		m := hadoopName.FindStringSubmatch(path.Base(from))
		if m == nil {
			return "", fmt.Errorf("%s: no name of metadata with a version", from)
		}
		var err error
		if version, err = strconv.Atoi(m[1]); err != nil {
			return "", err
		}
	}
	version++
	name := fmt.Sprintf("%s/metadata/v%d.metadata.json", p.path, version)
	w, err := p.f.st.Create(ctx, name, true)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(metadata); err != nil {
		w.Abort()
		return "", err
	}
	if err := w.Commit(); errors.Is(err, store.ErrExists) {
		return "", fmt.Errorf("%w: %w", table.ErrCommitFailed, err)
	} else if err != nil {
		return "", err
	}
	// A hint, which readers need not trust.
	_ = p.f.st.WriteFile(context.WithoutCancel(ctx), p.path+"/metadata/version-hint.text", []byte(strconv.Itoa(version)))
	return p.f.location(name), nil
}

// commits is a table.CatalogIO of one table over a pointer.
type commits struct {
	f     *files
	p     pointer
	fresh table.Metadata // of a table that is to be made
}

// LoadTable implements table.CatalogIO.
func (c *commits) LoadTable(ctx context.Context, ident table.Identifier) (*table.Table, error) {
	location, err := c.p.current(ctx)
	if err != nil {
		return nil, err
	}
	if location == "" {
		return nil, errNoTable
	}
	return table.NewFromLocation(ctx, ident, location, c.f.open, c)
}

var errNoTable = errors.New("there is no table")

// open implements table.FSysF.
func (f *files) open(ctx context.Context) (iceio.IO, error) {
	c := *f
	c.ctx = ctx
	return &c, nil
}

// CommitTable implements table.CatalogIO.
func (c *commits) CommitTable(ctx context.Context, ident table.Identifier, reqs []table.Requirement, updates []table.Update) (table.Metadata, string, error) {
	base, from := c.fresh, ""
	current, err := c.LoadTable(ctx, ident)
	switch {
	case err == nil && c.fresh != nil:
		return nil, "", fmt.Errorf("%w: the table was made meanwhile", table.ErrCommitFailed)
	case err == nil:
		base, from = current.Metadata(), current.MetadataLocation()
	case c.fresh == nil || !errors.Is(err, errNoTable):
		return nil, "", err
	}
	for _, r := range reqs {
		if err := r.Validate(base); err != nil {
			return nil, "", fmt.Errorf("%w: %w", table.ErrCommitFailed, err)
		}
	}
	next, err := table.UpdateTableMetadata(base, updates, from)
	if err != nil {
		return nil, "", err
	}
	data, err := json.Marshal(next)
	if err != nil {
		return nil, "", err
	}
	if data, err = c.f.standIn.revealInMetadata(data); err != nil {
		return nil, "", err
	}
	to, err := c.p.swap(ctx, c.f.standIn.reveal(next.Location()), from, data)
	return next, to, err
}
