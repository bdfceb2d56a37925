package files

import (
	"context"
	"os"
	"path/filepath"

	"leapscore/engine/store"
	"leapscore/sources"
)

// Inside returns a *TableError if a place, which need not be there, lies in the folder
// of a table of others: its readers do not see files that its log does not list, and
// its clean-up removes them.
func Inside(ctx context.Context, st *store.Store, place string) error {
	if st.IsLocal() {
		st, place = store.Here(), filepath.ToSlash(existingFolder(st.URL(place)))+"/x"
	}
	folder, ok := store.Above(place)
	if !ok {
		return nil
	}
	_, _, err := newGuard(&store.Search{Store: st}, &sources.Rules{}).table(ctx, folder+"x")
	return err
}

// existingFolder is the folder above a local path that is there already.
func existingFolder(path string) string {
	for {
		above := filepath.Dir(path)
		if info, err := os.Stat(above); err == nil && info.IsDir() || above == path {
			return above
		}
		path = above
	}
}
