package storetest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"leapscore/engine/store"
)

// PowerCut follows the changes on a disk, and makes the states that a power cut after
// any of them may leave: the disk may lose all, some or none of the bytes and names
// that were not synced.
type PowerCut struct {
	folder string
	start  *entry

	mu      sync.Mutex
	changes []seen
	err     error
}

// seen is a change, with the bytes that a file had when it was synced.
type seen struct {
	store.Change
	data []byte
}

// NewPowerCut follows the folder, whose content so far is safe.
func NewPowerCut(folder string) (*PowerCut, error) {
	start, err := load(folder)
	return &PowerCut{folder: filepath.Clean(folder), start: start}, err
}

// Store returns the store over the folder.
func (p *PowerCut) Store() *store.Store { return store.OnDisk(p.folder, p.watch) }

func (p *PowerCut) watch(c store.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := seen{Change: c}
	if c.Kind == store.ChangeSynced {
		var err error
		s.data, err = os.ReadFile(c.Path)
		p.err = errors.Join(p.err, err)
	}
	p.changes = append(p.changes, s)
}

// Len is the number of changes so far.
func (p *PowerCut) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.changes)
}

// Loss chooses which of the names that were not synced are lost. Bytes that were not
// synced are always lost.
type Loss func(names int) (kept int)

// The two ends of what may be lost.
var (
	AllNames Loss = func(int) int { return 0 }
	NoNames  Loss = func(n int) int { return n }
)

// SomeNames loses the last changes of each folder, how many is drawn.
func SomeNames(r *rand.Rand) Loss { return func(n int) int { return r.IntN(n + 1) } }

// Write writes into the folder to what is left if the power fails after n changes.
func (p *PowerCut) Write(to string, n int, loss Loss) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	root := p.start.clone()
	for _, c := range p.changes[:n] {
		if err := root.apply(p.folder, c); err != nil {
			return fmt.Errorf("change %+v: %w", c.Change, err)
		}
	}
	root.lose(loss, map[*entry]bool{})
	return root.write(to, map[*entry]string{})
}

// entry is a file or a folder.
type entry struct {
	data []byte // that are safe

	names   map[string]*entry // nil for a file
	first   map[string]*entry // the names that were safe from the beginning
	updates []*update         // since
	synced  int               // how many of them are safe
}

// update changes names of a folder in one step. A nil entry removes its name.
type update struct {
	names map[string]*entry
	// A file that is renamed into another folder may be in both after a power cut,
	// but not in none: where it is away from the old one, it is in the new.
	to *entry
	at int // of the updates there
}

func load(path string) (*entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		data, err := os.ReadFile(path)
		return &entry{data: data}, err
	}
	found, err := os.ReadDir(path)
	e := &entry{names: map[string]*entry{}}
	for _, f := range found {
		if e.names[f.Name()], err = load(filepath.Join(path, f.Name())); err != nil {
			return nil, err
		}
	}
	e.first = maps.Clone(e.names)
	return e, err
}

func newFolder() *entry { return &entry{names: map[string]*entry{}, first: map[string]*entry{}} }

// clone copies a tree that is safe.
func (e *entry) clone() *entry {
	c := &entry{data: e.data}
	if e.names != nil {
		c.names = map[string]*entry{}
		for name, sub := range e.names {
			c.names[name] = sub.clone()
		}
		c.first = maps.Clone(c.names)
	}
	return c
}

func (e *entry) set(u *update) {
	change(e.names, u.names)
	e.updates = append(e.updates, u)
}

func change(all, names map[string]*entry) {
	for name, sub := range names {
		if sub == nil {
			delete(all, name)
		} else {
			all[name] = sub
		}
	}
}

// find returns the folder of a path, and the path's last name.
func (e *entry) find(root, path string) (*entry, string, error) {
	rel, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, "", fmt.Errorf("%s is not in %s", path, root)
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	for _, name := range parts[:len(parts)-1] {
		if e.names[name] == nil { // another goroutine made it, and has not told yet
			e.set(&update{names: map[string]*entry{name: newFolder()}})
		}
		e = e.names[name]
	}
	return e, parts[len(parts)-1], nil
}

func (e *entry) apply(root string, c seen) error {
	dir, name, err := e.find(root, c.Path)
	if err != nil {
		return err
	}
	there := dir.names[name]
	if name == "." {
		there = e
	}
	one := func(sub *entry) { dir.set(&update{names: map[string]*entry{name: sub}}) }
	switch c.Kind {
	case store.ChangeMade:
		if there == nil { // a lock may have been there
			one(&entry{})
		}
	case store.ChangeMadeFolder:
		if there == nil {
			one(newFolder())
		}
	case store.ChangeRemoved:
		one(nil)
	case store.ChangeRemovedAll:
		if there != nil {
			there.empty()
			one(nil)
		}
	case store.ChangeSynced:
		there.data = c.data
	case store.ChangeSyncedFolder:
		there.sync(len(there.updates))
	default:
		return e.applyTwo(root, c, dir, name)
	}
	return nil
}

// sync makes the first n updates safe.
func (e *entry) sync(n int) {
	for ; e.synced < n; e.synced++ {
		if u := e.updates[e.synced]; u.to != nil {
			u.to.sync(u.at + 1)
		}
	}
}

// applyTwo applies a change of two names. In one folder it is one step.
func (e *entry) applyTwo(root string, c seen, dir *entry, name string) error {
	dir2, name2, err := e.find(root, c.Second)
	if err != nil {
		return err
	}
	a, b := dir.names[name], dir2.names[name2]
	here, other := map[string]*entry{name: nil}, map[string]*entry{name2: a}
	switch {
	case c.Kind == store.ChangeExchanged:
		here[name] = b
	case c.Kind == store.ChangeLinked:
		here = nil
	case a == b:
		return nil // renaming between two links to one file does nothing
	}
	if dir == dir2 {
		maps.Copy(other, here)
		here = nil
	}
	dir2.set(&update{names: other})
	if here != nil {
		dir.set(&update{names: here, to: dir2, at: len(dir2.updates) - 1})
	}
	return nil
}

// empty removes all names below a folder.
func (e *entry) empty() {
	for _, name := range slices.Sorted(maps.Keys(e.names)) {
		e.names[name].empty()
		e.set(&update{names: map[string]*entry{name: nil}})
	}
}

// lose settles which updates of a tree are not lost.
func (e *entry) lose(loss Loss, done map[*entry]bool) {
	if e.names == nil || done[e] {
		return
	}
	done[e] = true
	below := []map[string]*entry{e.first}
	for _, u := range e.updates {
		below = append(below, u.names)
	}
	for _, names := range below {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if sub := names[name]; sub != nil {
				sub.lose(loss, done)
			}
		}
	}
	e.sync(e.synced + loss(len(e.updates)-e.synced))
}

// write writes what is safe. A file with two names is one file.
func (e *entry) write(path string, written map[*entry]string) error {
	if e.names == nil {
		if first, ok := written[e]; ok {
			return os.Link(first, path)
		}
		written[e] = path
		return os.WriteFile(path, e.data, 0o666)
	}
	err := os.MkdirAll(path, 0o777)
	left := maps.Clone(e.first)
	for _, u := range e.updates[:e.synced] {
		change(left, u.names)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		err = errors.Join(err, left[name].write(filepath.Join(path, name), written))
	}
	return err
}
