package mleap

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"leapscore/bundle"
	"leapscore/engine/store"
)

// folderReads is how many files of a bundle are fetched at once.
const folderReads = 16

// openFolder opens a bundle that is a folder on a store. Its files are fetched
// into memory, where a zip is the file system that bundle wants.
func openFolder(ctx context.Context, st *store.Store, name string, lim bundle.Limits) (*bundle.Bundle, error) {
	found, err := listFolder(ctx, st, name, lim)
	if err != nil {
		return nil, err
	}
	data, err := readAll(ctx, st, found)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	buf.Grow(zippedSize(found)) // a buffer that grows would hold the bundle twice
	z := zip.NewWriter(&buf)
	for i, o := range found {
		w, err := z.CreateHeader(&zip.FileHeader{Name: o.Name[len(name)+1:], Method: zip.Store})
		if err == nil {
			_, err = w.Write(data[i])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", st.URL(o.Name), err)
		}
		data[i] = nil
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	fsys, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	b, err := bundle.OpenFS(fsys, lim)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	return b, nil
}

// listFolder returns the objects of a folder, of which there must be some and not
// too many bytes.
func listFolder(ctx context.Context, st *store.Store, name string, lim bundle.Limits) ([]store.Object, error) {
	var found []store.Object
	var size int64
	err := st.List(ctx, name+"/", true, func(o store.Object) error {
		found = append(found, o)
		size += o.Size
		return nil
	})
	if err == nil {
		if err = bundle.CheckSize(size, lim); err != nil {
			err = fmt.Errorf("%s: %w", st.URL(name), err)
		}
	}
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: %w", st.URL(name), store.ErrNotExist)
	}
	return found, err
}

// zippedSize is more than the size of a zip of objects that are not compressed: each has
// two headers with its name, and the zip has an end.
func zippedSize(objects []store.Object) int {
	size := 1024
	for _, o := range objects {
		size += int(o.Size) + 2*len(o.Name) + 256
	}
	return size
}

// readAll returns the content of each object.
func readAll(ctx context.Context, st *store.Store, objects []store.Object) ([][]byte, error) {
	data := make([][]byte, len(objects))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(folderReads)
	for i, o := range objects {
		g.Go(func() (err error) {
			data[i], err = st.ReadListed(gctx, o)
			return err
		})
	}
	return data, g.Wait()
}
