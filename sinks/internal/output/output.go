// Package output writes one data file of a table, and knows what manifests say of it.
package output

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"leapscore/engine/store"
	"leapscore/sinks/internal/format"
)

// Output is a file being written. It is used by one goroutine at a time.
type Output struct {
	Name string
	Rows int64 // that were appended
	File format.File

	w    store.Writer
	sum  hash.Hash
	size int64
}

// Create makes a file, in which f puts rows.
type Create func(ctx context.Context, name string, excl bool) (store.Writer, error)

// New begins the file of that name.
func New(ctx context.Context, create Create, name string, excl bool, f format.Encoder) (*Output, error) {
	w, err := create(ctx, name, excl)
	if err != nil {
		return nil, err
	}
	o := &Output{Name: name, w: w, sum: sha256.New()}
	o.File = f.NewFile(o)
	return o, nil
}

// Append writes g behind what is there.
func (o *Output) Append(g format.RowGroup) error {
	o.Rows += int64(g.Rows())
	return o.File.Append(g)
}

// hashAlone is the size from which on bytes are hashed while they are written. Below
// it, that would take longer than it saves.
const hashAlone = 64 << 10

// Write implements io.Writer, for File.
func (o *Output) Write(p []byte) (int, error) {
	o.size += int64(len(p))
	if len(p) < hashAlone {
		o.sum.Write(p)
		return o.w.Write(p)
	}
	hashed := make(chan struct{})
	go func() {
		defer close(hashed)
		o.sum.Write(p)
	}()
	n, err := o.w.Write(p)
	<-hashed
	return n, err
}

// Commit makes the file, whose end was written, durable.
func (o *Output) Commit() error { return o.w.Commit() }

// Abort removes the file.
func (o *Output) Abort() { o.w.Abort() }

// Size is the number of bytes that were written.
func (o *Output) Size() int64 { return o.size }

// SHA256 is the hash of these bytes, in hexadecimal digits.
func (o *Output) SHA256() string { return hex.EncodeToString(o.sum.Sum(nil)) }
