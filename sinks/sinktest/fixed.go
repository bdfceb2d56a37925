package sinktest

import (
	"context"
	"errors"
	"path"
	"strings"

	"leapscore/engine/store"
)

// fixedFolder is a disk on which the folder preds cannot be moved.
type fixedFolder struct {
	store.Driver
	store.Folders
}

// FixedFolder returns a disk on which the folder preds cannot be moved, so that a table in it
// is published in place.
func FixedFolder(st *store.Store) *store.Store {
	folders, _ := st.Folders()
	return store.New(fixedFolder{st.Driver, folders})
}

func (fixedFolder) Exchange(context.Context, string, string) error { return errors.ErrUnsupported }

func (d fixedFolder) Rename(ctx context.Context, from, to string) error {
	if from == "preds" || to == "preds" || strings.HasPrefix(path.Base(to), ".preds.") {
		return errors.ErrUnsupported
	}
	return d.Folders.Rename(ctx, from, to)
}
