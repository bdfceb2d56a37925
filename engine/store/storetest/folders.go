package storetest

import (
	"errors"
	"testing"

	"leapscore/engine/store"
)

// folders checks the methods of store.Folders.
func (h *harness) folders(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, st *store.Store, f store.Folders, dir string)
	}{
		{"RenameMovesAnObject", renameObject},
		{"RenameMovesAFolder", renameFolder},
		{"ExchangeSwapsFolders", exchange},
		{"LinkNamesObjectsTwice", link},
		{"RemoveAllRemovesAll", removeAll},
		{"LockIsExclusive", lock},
		{"LockFollowsItsFolder", lockFollows},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, dir := h.fresh(t)
			f, _ := st.Folders()
			c.run(t, st, f, dir)
		})
	}
	t.Run("LockKeepsOthersOut", h.lockOthers)
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func renameObject(t *testing.T, st *store.Store, f store.Folders, dir string) {
	write(t, st, dir+"/a", "a")
	try(t, f.Rename(t.Context(), dir+"/a", dir+"/new/folder/b"))
	wantNames(t, names(t, st, dir, "", true), "new/folder/b")
	write(t, st, dir+"/c", "c")
	try(t, f.Rename(t.Context(), dir+"/c", dir+"/new/folder/b"))
	wantContent(t, st, dir+"/new/folder/b", "c")
	if err := f.Rename(t.Context(), dir+"/none", dir+"/d"); err == nil {
		t.Error("a name that is not there was renamed")
	}
}

func renameFolder(t *testing.T, st *store.Store, f store.Folders, dir string) {
	write(t, st, dir+"/a/x", "x")
	write(t, st, dir+"/a/y/z", "z")
	write(t, st, dir+"/ab", "not in a")
	write(t, st, dir+"/full/w", "w")
	try(t, f.Rename(t.Context(), dir+"/a", dir+"/b"))
	wantNames(t, names(t, st, dir, "", true), "ab", "b/x", "b/y/z", "full/w")
	if err := f.Rename(t.Context(), dir+"/b", dir+"/full"); err == nil {
		t.Error("a folder that is not empty was replaced")
	}
	isFolder, err := f.IsFolder(t.Context(), dir+"/b")
	if !isFolder || err != nil {
		t.Errorf("b: folder %v, %v", isFolder, err)
	}
	isFolder, err = f.IsFolder(t.Context(), dir+"/ab")
	if isFolder || err != nil {
		t.Errorf("ab: folder %v, %v", isFolder, err)
	}
}

func exchange(t *testing.T, st *store.Store, f store.Folders, dir string) {
	write(t, st, dir+"/a/x", "from a")
	write(t, st, dir+"/b/x", "from b")
	write(t, st, dir+"/b/y", "from b")
	try(t, f.Exchange(t.Context(), dir+"/a", dir+"/b"))
	wantNames(t, names(t, st, dir, "", true), "a/x", "a/y", "b/x")
	wantContent(t, st, dir+"/a/x", "from b")
	wantContent(t, st, dir+"/b/x", "from a")
	if err := f.Exchange(t.Context(), dir+"/a", dir+"/none"); err == nil {
		t.Error("exchanged with nothing")
	}
}

func link(t *testing.T, st *store.Store, f store.Folders, dir string) {
	write(t, st, dir+"/a/x", "x")
	write(t, st, dir+"/a/b/y", "y")
	write(t, st, dir+"/a/z", "z")
	try(t, f.Link(t.Context(), dir+"/a", dir+"/new/c", "x", "b/y"))
	try(t, f.Link(t.Context(), dir+"/a", dir+"/new/c"))
	if err := f.Link(t.Context(), dir+"/a", dir+"/new/c", "x"); !errors.Is(err, store.ErrExists) {
		t.Errorf("second link: %v, want ErrExists", err)
	}
	if err := f.Link(t.Context(), dir+"/a", dir+"/new/c", "none"); err == nil {
		t.Error("a name that is not there was linked")
	}
	try(t, f.RemoveAll(t.Context(), dir+"/a"))
	wantNames(t, names(t, st, dir, "", true), "new/c/b/y", "new/c/x")
	wantContent(t, st, dir+"/new/c/b/y", "y")
}

func removeAll(t *testing.T, st *store.Store, f store.Folders, dir string) {
	write(t, st, dir+"/a/x", "x")
	write(t, st, dir+"/a/y/z", "z")
	write(t, st, dir+"/ab", "stays")
	try(t, f.RemoveAll(t.Context(), dir+"/a"))
	try(t, f.RemoveAll(t.Context(), dir+"/a"))
	wantNames(t, names(t, st, dir, "", true), "ab")
	try(t, f.RemoveAll(t.Context(), dir+"/ab"))
	wantNames(t, names(t, st, dir, "", true))
}

func lock(t *testing.T, st *store.Store, f store.Folders, dir string) {
	l, err := f.Lock(t.Context(), dir+"/new/lock", "first")
	try(t, err)
	var locked *store.LockedError
	if _, err := f.Lock(t.Context(), dir+"/new/lock", "second"); !errors.As(err, &locked) || locked.Owner != "first" {
		t.Errorf("second lock: %v, want a LockedError of first", err)
	}
	try(t, l.Unlock())
	try(t, l.Unlock())
	wantNames(t, names(t, st, dir, "", true))
	l, err = f.Lock(t.Context(), dir+"/new/lock", "third")
	try(t, err)
	try(t, l.Unlock())
}

func lockFollows(t *testing.T, st *store.Store, f store.Folders, dir string) {
	l, err := f.Lock(t.Context(), dir+"/a/lock", "first")
	try(t, err)
	try(t, f.Rename(t.Context(), dir+"/a", dir+"/b"))
	var locked *store.LockedError
	if _, err := f.Lock(t.Context(), dir+"/b/lock", "second"); !errors.As(err, &locked) {
		t.Errorf("lock at the new name: %v, want a LockedError", err)
	}
	other, err := f.Lock(t.Context(), dir+"/a/lock", "third")
	try(t, err)
	try(t, l.Unlock())
	wantNames(t, names(t, st, dir, "", true), "a/lock", "b/lock")
	try(t, other.Unlock())
	wantNames(t, names(t, st, dir, "", true), "b/lock")
}

func (h *harness) lockOthers(t *testing.T) {
	st, dir := h.fresh(t)
	f, _ := st.Folders()
	l, err := f.Lock(t.Context(), dir+"/lock", "first")
	try(t, err)
	h.runs--
	other, _ := h.fresh(t)
	g, _ := other.Folders()
	var locked *store.LockedError
	if _, err := g.Lock(t.Context(), dir+"/lock", "second"); !errors.As(err, &locked) || locked.Owner != "first" {
		t.Errorf("lock of another store: %v, want a LockedError of first", err)
	}
	try(t, l.Unlock())
	l, err = g.Lock(t.Context(), dir+"/lock", "second")
	try(t, err)
	try(t, l.Unlock())
}
