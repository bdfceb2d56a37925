package store

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

// A file that cannot be synced, as a pipe cannot, is not committed: the bytes
// would not survive a power cut.
func TestAFileThatIsNotSyncedIsNotCommitted(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d := &fileDriver{root: t.TempDir() + "/"}
	err = (&fileWriter{d: d, f: w, final: d.path("a")}).Commit()
	if failed := (*fs.PathError)(nil); !errors.As(err, &failed) || failed.Op != "sync" {
		t.Errorf("commit of a pipe: %v, want a failure of sync", err)
	}
}
