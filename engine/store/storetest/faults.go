package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"leapscore/engine/store"
)

// ErrInjected is the error of calls that are made to fail.
var ErrInjected = errors.New("injected fault")

// ErrDead is the error of all calls after the process died.
var ErrDead = errors.New("the process is dead")

// Fault is how a call fails.
type Fault uint8

// The faults.
const (
	Pass       Fault = iota
	Fail             // it does nothing and returns ErrInjected
	KillBefore       // it does nothing, and the process dies
	KillAfter        // it is done, and the process dies
	KillHalf         // of a call that is not one step, half is done; else as KillBefore
)

// Faults is a driver with folders that makes the calls of another one fail.
// Each method that can change something is a call, the writers' too.
type Faults struct {
	d    store.Driver
	f    store.Folders
	plan func(call int, what string) Fault

	mu    sync.Mutex
	calls int
	dead  bool
	log   []string
}

// Inject returns d with faults. It calls plan with the number of each call, from 1.
func Inject(d store.Driver, plan func(call int, what string) Fault) *Faults {
	f, _ := d.(store.Folders)
	return &Faults{d: d, f: f, plan: plan}
}

// At is a plan with one fault, at call k.
func At(k int, f Fault) func(int, string) Fault {
	return func(call int, _ string) Fault {
		if call == k {
			return f
		}
		return Pass
	}
}

// Calls returns the number of calls so far, and what they were.
func (x *Faults) Calls() (int, []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.calls, x.log
}

// call runs do, and half if half of it is to be done.
func (x *Faults) call(what, name string, do, half func() error) error {
	x.mu.Lock()
	if x.dead {
		x.mu.Unlock()
		return ErrDead
	}
	x.calls++
	x.log = append(x.log, what+" "+name)
	fault := x.plan(x.calls, what)
	x.dead = fault >= KillBefore
	x.mu.Unlock()
	switch fault {
	case Fail:
		return fmt.Errorf("%s %s: %w", what, name, ErrInjected)
	case KillBefore:
		return ErrDead
	case KillHalf:
		if half != nil {
			_ = half() // nobody is there to hear of it
		}
		return ErrDead
	case KillAfter:
		_ = do()
		return ErrDead
	}
	return do()
}

// alive fails if the process is dead; it is for calls that change nothing.
func (x *Faults) alive() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.dead {
		return ErrDead
	}
	return nil
}

// List implements store.Driver.
func (x *Faults) List(ctx context.Context, prefix string, deep bool, fn func(store.Object) error) error {
	return x.call("list", prefix, func() error { return x.d.List(ctx, prefix, deep, fn) }, nil)
}

// Stat implements store.Driver.
func (x *Faults) Stat(ctx context.Context, name string) (o store.Object, err error) {
	err = x.call("stat", name, func() (err error) {
		o, err = x.d.Stat(ctx, name)
		return err
	}, nil)
	return o, err
}

// Open implements store.Driver.
func (x *Faults) Open(ctx context.Context, name string) (r store.Reader, err error) {
	err = x.call("open", name, func() (err error) {
		r, err = x.d.Open(ctx, name)
		return err
	}, nil)
	return r, err
}

// Create implements store.Driver.
func (x *Faults) Create(ctx context.Context, name string, excl bool) (store.Writer, error) {
	w := &faultyWriter{x: x, name: name}
	err := x.call("create", name, func() (err error) {
		w.w, err = x.d.Create(ctx, name, excl)
		return err
	}, nil)
	return w, err
}

type faultyWriter struct {
	x    *Faults
	w    store.Writer
	name string
}

func (w *faultyWriter) Write(p []byte) (n int, err error) {
	err = w.x.call("write", w.name, func() (err error) {
		n, err = w.w.Write(p)
		return err
	}, func() error {
		_, err := w.w.Write(p[:len(p)/2])
		return err
	})
	return n, err
}

func (w *faultyWriter) Commit() error {
	return w.x.call("commit", w.name, w.w.Commit, nil)
}

func (w *faultyWriter) Abort() {
	if w.x.alive() == nil {
		w.w.Abort()
	}
}

// Delete implements store.Driver.
func (x *Faults) Delete(ctx context.Context, name string) error {
	return x.call("delete", name, func() error { return x.d.Delete(ctx, name) }, nil)
}

// URL implements store.Driver.
func (x *Faults) URL(name string) string { return x.d.URL(name) }

// Close implements store.Driver.
func (x *Faults) Close() error { return x.d.Close() }

// Rename implements store.Folders.
func (x *Faults) Rename(ctx context.Context, from, to string) error {
	return x.call("rename", from+" to "+to, func() error { return x.f.Rename(ctx, from, to) }, nil)
}

// Exchange implements store.Folders.
func (x *Faults) Exchange(ctx context.Context, a, b string) error {
	return x.call("exchange", a+" and "+b, func() error { return x.f.Exchange(ctx, a, b) }, nil)
}

// Link implements store.Folders. Half of it is the first half of the names.
func (x *Faults) Link(ctx context.Context, from, to string, names ...string) error {
	return x.call("link", fmt.Sprint(from, " as ", to, names), func() error {
		return x.f.Link(ctx, from, to, names...)
	}, func() error {
		return x.f.Link(ctx, from, to, names[:len(names)/2]...)
	})
}

// RemoveAll implements store.Folders. Half of it is every second object.
func (x *Faults) RemoveAll(ctx context.Context, name string) error {
	return x.call("remove", name, func() error { return x.f.RemoveAll(ctx, name) }, func() error {
		var all []string
		err := x.d.List(ctx, name+"/", true, func(o store.Object) error {
			all = append(all, o.Name)
			return nil
		})
		for i := 0; i < len(all); i += 2 {
			err = errors.Join(err, x.d.Delete(ctx, all[i]))
		}
		return err
	})
}

// IsFolder implements store.Folders.
func (x *Faults) IsFolder(ctx context.Context, name string) (is bool, err error) {
	err = x.call("is folder", name, func() (err error) {
		is, err = x.f.IsFolder(ctx, name)
		return err
	}, nil)
	return is, err
}

// SameFile implements store.Folders.
func (x *Faults) SameFile(ctx context.Context, a, b string) (same bool, err error) {
	err = x.call("same file", a, func() (err error) {
		same, err = x.f.SameFile(ctx, a, b)
		return err
	}, nil)
	return same, err
}

// IsLink implements store.Folders.
func (x *Faults) IsLink(ctx context.Context, name string) (is bool, err error) {
	err = x.call("is link", name, func() (err error) {
		is, err = x.f.IsLink(ctx, name)
		return err
	}, nil)
	return is, err
}

// Lock implements store.Folders.
func (x *Faults) Lock(ctx context.Context, name, owner string) (store.Lock, error) {
	l := &faultyLock{x: x, name: name}
	err := x.call("lock", name, func() (err error) {
		l.l, err = x.f.Lock(ctx, name, owner)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	return l, nil
}

type faultyLock struct {
	x    *Faults
	l    store.Lock
	name string
}

func (l *faultyLock) Unlock() error { return l.x.call("unlock", l.name, l.l.Unlock, nil) }
