package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Mem is storage in memory, for tests. Its folders are those that hold an
// object. Several Stores over one Mem are several processes over one disk.
type Mem struct {
	// NoExchange, NoLink, Fixed and Mount say what this storage cannot do.
	// Fixed is a folder that cannot be moved, as one of another owner cannot.
	// Mount is one that nothing can be moved into or out of either.
	NoExchange, NoLink bool
	Fixed, Mount       string

	mu      sync.Mutex
	objects map[string]*memObject
	locked  map[*memObject]bool
	serial  int
}

type memObject struct {
	data []byte
	etag string
}

// Crash returns what is left on the disk when the power fails now: all that
// was committed, and the temporary objects of writers, but no locks.
func (m *Mem) Crash() *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &Mem{NoExchange: m.NoExchange, NoLink: m.NoLink, Fixed: m.Fixed, Mount: m.Mount, serial: m.serial}
	c.objects = make(map[string]*memObject, len(m.objects))
	for name, o := range m.objects {
		c.objects[name] = &memObject{data: slices.Clone(o.data), etag: o.etag}
	}
	return c
}

// Names returns the names of all objects, in order.
func (m *Mem) Names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.objects))
}

func (m *Mem) put(name string, data []byte) *memObject {
	if m.objects == nil {
		m.objects = make(map[string]*memObject)
	}
	m.serial++
	o := &memObject{data: data, etag: strconv.Itoa(m.serial)}
	m.objects[name] = o
	return o
}

// URL implements Driver.
func (m *Mem) URL(name string) string { return "mem://" + name }

// Close implements Driver.
func (m *Mem) Close() error { return nil }

// List implements Driver.
func (m *Mem) List(ctx context.Context, prefix string, deep bool, fn func(Object) error) error {
	m.mu.Lock()
	var found []Object
	for name, o := range m.objects {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if i := strings.IndexByte(rest, '/'); i >= 0 && !deep {
			found = append(found, Object{Name: prefix + rest[:i+1]})
			continue
		}
		found = append(found, Object{Name: name, Size: int64(len(o.data)), ETag: o.etag})
	}
	m.mu.Unlock()
	slices.SortFunc(found, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	for _, o := range slices.Compact(found) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(o); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Stat implements Driver.
func (m *Mem) Stat(ctx context.Context, name string) (Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[name]
	if !ok {
		return Object{}, errors.Join(ctx.Err(), fmt.Errorf("%s: %w", m.URL(name), ErrNotExist))
	}
	return Object{Name: name, Size: int64(len(o.data)), ETag: o.etag}, ctx.Err()
}

type memReader struct {
	*bytes.Reader
}

func (memReader) Close() error { return nil }

// Open implements Driver.
func (m *Mem) Open(ctx context.Context, name string) (Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", m.URL(name), ErrNotExist)
	}
	return memReader{bytes.NewReader(o.data)}, nil
}

type memWriter struct {
	m          *Mem
	temp, name string
	excl       bool
	done       bool
}

// Create implements Driver.
func (m *Mem) Create(ctx context.Context, name string, excl bool) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	temp := TempPrefix(name) + strconv.Itoa(m.serial)
	m.put(temp, nil)
	return &memWriter{m: m, temp: temp, name: name, excl: excl}, nil
}

func (w *memWriter) Write(p []byte) (int, error) {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	o := w.m.objects[w.temp]
	if w.done || o == nil {
		return 0, io.ErrClosedPipe
	}
	o.data = append(o.data, p...)
	return len(p), nil
}

func (w *memWriter) Abort() {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	if !w.done {
		delete(w.m.objects, w.temp)
		w.done = true
	}
}

func (w *memWriter) Commit() error {
	defer w.Abort()
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	o := w.m.objects[w.temp]
	if w.done || o == nil {
		return io.ErrClosedPipe
	}
	if _, taken := w.m.objects[w.name]; taken && w.excl {
		return fmt.Errorf("%s: %w", w.m.URL(w.name), ErrExists)
	}
	w.m.objects[w.name] = o
	return nil
}

// Delete implements Driver.
func (m *Mem) Delete(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.objects[name]; !ok {
		return fmt.Errorf("%s: %w", m.URL(name), ErrNotExist)
	}
	delete(m.objects, name)
	return nil
}

// inside returns the names in a folder.
func (m *Mem) inside(folder string) []string {
	var names []string
	for name := range m.objects {
		if strings.HasPrefix(name, folder+"/") {
			names = append(names, name)
		}
	}
	return names
}

// movable fails for what this storage cannot move.
func (m *Mem) movable(from, to string) error {
	in := func(name string) bool { return m.Mount != "" && strings.HasPrefix(name, m.Mount+"/") }
	if slices.Contains([]string{m.Fixed, m.Mount}, from) || slices.Contains([]string{m.Fixed, m.Mount}, to) || in(from) != in(to) {
		return fmt.Errorf("%s to %s: %w", from, to, errors.ErrUnsupported)
	}
	return nil
}

// Rename implements Folders.
func (m *Mem) Rename(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.movable(from, to); err != nil {
		return err
	}
	if o, ok := m.objects[from]; ok {
		delete(m.objects, from)
		m.objects[to] = o
		return nil
	}
	names := m.inside(from)
	if len(names) == 0 {
		return fmt.Errorf("%s: %w", m.URL(from), ErrNotExist)
	}
	if len(m.inside(to)) > 0 {
		return fmt.Errorf("%s: folder is not empty", m.URL(to))
	}
	for _, name := range names {
		m.objects[to+name[len(from):]] = m.objects[name]
		delete(m.objects, name)
	}
	return nil
}

// Exchange implements Folders.
func (m *Mem) Exchange(ctx context.Context, a, b string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.movable(a, b); err != nil {
		return err
	}
	if m.NoExchange {
		return fmt.Errorf("%s and %s: %w", a, b, errors.ErrUnsupported)
	}
	as, bs := m.inside(a), m.inside(b)
	if len(as) == 0 || len(bs) == 0 {
		return fmt.Errorf("%s and %s: %w", m.URL(a), m.URL(b), ErrNotExist)
	}
	swapped := make(map[string]*memObject, len(as)+len(bs))
	for _, name := range as {
		swapped[b+name[len(a):]] = m.objects[name]
		delete(m.objects, name)
	}
	for _, name := range bs {
		swapped[a+name[len(b):]] = m.objects[name]
		delete(m.objects, name)
	}
	maps.Copy(m.objects, swapped)
	return nil
}

// Link implements Folders.
func (m *Mem) Link(ctx context.Context, from, to string, names ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range names {
		src, dst := from+"/"+name, to+"/"+name
		o, ok := m.objects[src]
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case m.NoLink:
			return fmt.Errorf("link %s: %w", dst, errors.ErrUnsupported)
		case !ok:
			return fmt.Errorf("%s: %w", m.URL(src), ErrNotExist)
		case m.objects[dst] != nil:
			return fmt.Errorf("%s: %w", m.URL(dst), ErrExists)
		}
		m.objects[dst] = o
	}
	return nil
}

// RemoveAll implements Folders.
func (m *Mem) RemoveAll(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, name)
	for _, n := range m.inside(name) {
		delete(m.objects, n)
	}
	return nil
}

// IsFolder implements Folders.
func (m *Mem) IsFolder(ctx context.Context, name string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.inside(name)) > 0, ctx.Err()
}

// SameFile implements Folders.
func (m *Mem) SameFile(ctx context.Context, a, b string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.objects[a]
	return o != nil && o == m.objects[b], ctx.Err()
}

// IsLink implements Folders.
func (m *Mem) IsLink(ctx context.Context, _ string) (bool, error) { return false, ctx.Err() }

type memLock struct {
	m    *Mem
	name string
	o    *memObject
}

// Lock implements Folders.
func (m *Mem) Lock(ctx context.Context, name, owner string) (Lock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[name]
	if ok && m.locked[o] {
		return nil, &LockedError{Name: m.URL(name), Owner: string(o.data)}
	}
	if !ok {
		o = m.put(name, nil)
	}
	o.data = []byte(owner)
	if m.locked == nil {
		m.locked = make(map[*memObject]bool)
	}
	m.locked[o] = true
	return &memLock{m: m, name: name, o: o}, nil
}

func (l *memLock) Unlock() error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.m.locked[l.o] && l.m.objects[l.name] == l.o {
		delete(l.m.objects, l.name)
	}
	delete(l.m.locked, l.o)
	return nil
}
