package similar

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Path says of a path or a pattern that matches nothing where it goes astray, and which
// names there may be meant. It is empty for URLs.
func Path(path string) string {
	if path == "" || strings.Contains(path, "://") {
		return ""
	}
	pieces := strings.Split(filepath.ToSlash(filepath.Clean(path)), "/")
	at := "."
	if pieces[0] == "" {
		at, pieces = "/", pieces[1:]
	}
	for i, name := range pieces {
		next := filepath.Join(at, name)
		if _, err := os.Stat(next); err == nil {
			at = next
			continue
		}
		return astray(at, name, i < len(pieces)-1)
	}
	return ""
}

// astray says what a folder has in place of a name.
func astray(folder, name string, within bool) string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	show := func(name string) string { return filepath.ToSlash(filepath.Join(folder, name)) }
	switch {
	case strings.ContainsAny(name, "*?[{"):
		if len(names) == 0 {
			return fmt.Sprintf("; the folder %s is empty", folder)
		}
		return fmt.Sprintf("; the folder %s has %s", folder, firstOf(names))
	case within:
		return fmt.Sprintf("; there is no folder %s%s", show(name), HintAs(name, names, show))
	}
	return HintAs(name, names, show)
}

// firstOf lists a few names.
func firstOf(names []string) string {
	const few = 4
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}
