//go:build !nosql

package sql

import (
	"context"
	"errors"
	"fmt"

	"leapscore/engine/store"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sql/internal/words"
)

// source is a query over a database of its own.
type source struct {
	*query
	read []filesRead // besides those of tables
	why  reason      // the rows are not read directly
}

// Open opens the database and prepares the query, which must be a single
// statement that returns rows. Nothing is read before Scan.
func Open(ctx context.Context, query string, opt Options) (sources.Source, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if text := words.Statement(query); text != "" {
		return nil, fmt.Errorf("%w: %s", ErrQuery, text)
	}
	c, err := openConn(opt)
	if err != nil {
		return nil, err
	}
	s, err := newSource(ctx, c, trim(query), opt)
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	direct, why := s.direct(ctx, opt)
	switch direct.(type) {
	case nil:
		s.why = why
		return s, nil
	case *filtered: // which needs the database
		return direct, nil
	}
	return direct, s.Close()
}

// newSource makes the files of the query known to DuckDB and finds out its columns.
// The connection becomes the source's.
func newSource(ctx context.Context, c *conn, text string, opt Options) (*source, error) {
	found, err := resolve(ctx, c, text, opt)
	if err := errors.Join(err, c.keepOrder(ctx, found.query)); err != nil {
		return nil, err
	}
	q, err := c.query(found.query, found.params, opt.BatchRows)
	if err != nil {
		return nil, err
	}
	return &source{query: q, read: found.read}, nil
}

// reading says why DuckDB runs the query.
func (s *source) reading() Reading { return Reading{Reason: string(s.why)} }

// Close closes the database and removes what it spilled.
func (s *source) Close() error { return s.conn.close() }

// filesRead are files that are read, and who found them.
type filesRead struct {
	opener sources.Opener
	files  []store.Object
}

// Unchanged checks that the files of the query are as they were found.
func (s *source) Unchanged(ctx context.Context) error {
	for _, r := range s.read {
		if err := files.CheckUnchanged(ctx, r.opener, r.files); err != nil {
			return err
		}
	}
	if s.conn.tables == nil {
		return nil
	}
	for _, t := range s.conn.tables.list {
		if t.src == nil {
			continue
		}
		if err := files.Unchanged(ctx, t.src); err != nil {
			return err
		}
	}
	return nil
}

// ReadBy returns the files of the query.
func (s *source) ReadBy() []store.Object {
	var files []store.Object
	for _, r := range s.read {
		files = append(files, r.files...)
	}
	if s.conn.tables == nil {
		return files
	}
	for _, t := range s.conn.tables.list {
		if t.src != nil {
			files = append(files, sources.ReadBy(t.src)...)
		}
	}
	return files
}
