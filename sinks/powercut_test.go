package sinks_test

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// fixedFolder is a disk on which the folder preds cannot be moved.
type fixedFolder struct {
	store.Driver
	store.Folders
}

func fixed(st *store.Store) *store.Store {
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

func TestTablesSurvivePowerCuts(t *testing.T) {
	for name, s := range scenarios {
		cuts := sinktest.PowerCuts{Old: s.old, New: s.new, Append: s.new.Options.Mode == sinks.Append}
		t.Run("folder/"+name, func(t *testing.T) {
			cuts := cuts
			cuts.On = func(st *store.Store) sinktest.Destination { return folder(st, "preds") }
			cuts.Run(t)
		})
		t.Run("in place/"+name, func(t *testing.T) {
			cuts := cuts
			cuts.On = func(st *store.Store) sinktest.Destination { return folder(fixed(st), "preds") }
			cuts.Torn = true
			cuts.Run(t)
		})
		if s.new.Options.PartitionBy != nil {
			continue
		}
		t.Run("delta/"+name, func(t *testing.T) {
			cuts := cuts
			cuts.On = func(st *store.Store) sinktest.Destination { return deltaFolder(st, "preds") }
			cuts.Run(t)
		})
		if !cuts.Append {
			t.Run("file/"+name, func(t *testing.T) {
				cuts := cuts
				cuts.On = func(st *store.Store) sinktest.Destination { return oneFile(st, "preds.parquet") }
				cuts.Run(t)
			})
		}
	}
}
