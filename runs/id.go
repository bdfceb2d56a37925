package runs

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"
)

// maxID leaves room for what file systems add to a name.
const maxID = 200

var idSyntax = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:+@=~-]*$`)

// CheckID checks an id that a user gives. The ids that schedulers make of times,
// such as scheduled__2026-01-31T00:00:00+00:00, are accepted.
func CheckID(id string) error {
	switch {
	case len(id) > maxID:
		return fmt.Errorf("run id of %d characters, want at most %d", len(id), maxID)
	case !idSyntax.MatchString(id):
		return fmt.Errorf("run id %q: want letters, digits and ._:+@=~- only, and first a letter or digit", id)
	}
	return nil
}

// NewID returns an id that sorts by time.
func NewID(t time.Time) string {
	var b [5]byte
	_, _ = rand.Read(b[:])
	return t.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(b[:])
}
