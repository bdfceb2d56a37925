//go:build !nosql

package sql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"leapscore/sources"
)

// copyWidth is how many files are copied at once, and copyStep how much of one
// in a read.
const (
	copyWidth = 8
	copyStep  = 4 << 20
)

// copies copies the files of a set to the temporary folder, in folders of the
// same names, and returns where they are as SQL texts.
func (r *resolver) copies(set *fileSet) ([]string, error) {
	if r.temp == "" {
		if err := os.MkdirAll(r.conn.temp(), 0o700); err != nil {
			return nil, err
		}
		dir, err := os.MkdirTemp(r.conn.temp(), "files-") // removed with the folder around it
		if err != nil {
			return nil, err
		}
		r.temp = dir
	}
	r.read = append(r.read, filesRead{set.opener, set.files})
	set.copied = filepath.Join(r.temp, fmt.Sprint(r.made))
	r.made++
	list := make([]string, len(set.files))
	ctx, cancel := context.WithCancelCause(r.ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	turn := make(chan struct{}, copyWidth)
	for i, f := range set.files {
		_, name, _ := strings.Cut(f.Name, "://")
		name = strings.TrimLeft(name, "/")
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			name = fmt.Sprintf("%d-%s", i, filepath.Base(f.Name))
		}
		to := filepath.Join(set.copied, filepath.FromSlash(name))
		list[i] = sqlText(to)
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			if err := copyFile(ctx, set.opener, f.Name, to); err != nil {
				cancel(&sources.FileError{Name: f.Name, Err: err})
			}
		})
	}
	wg.Wait()
	return list, context.Cause(ctx)
}

func copyFile(ctx context.Context, op sources.Opener, name, to string) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, err := op.Open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	buf := make([]byte, min(copyStep, max(in.Size(), 1)))
	for at := int64(0); at < in.Size(); {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := in.ReadAt(buf[:min(int64(len(buf)), in.Size()-at)], at)
		if n == 0 {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		if _, err := out.Write(buf[:n]); err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

// copiesPattern is one text that names all copies of a set.
func copiesPattern(set *fileSet, list []string) string {
	if len(list) == 1 {
		return strings.ReplaceAll(strings.Trim(list[0], "'"), "''", "'")
	}
	return set.copied + "/**/*"
}
