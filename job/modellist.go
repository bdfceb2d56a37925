package job

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// modelName is what prefixes of columns look like.
var modelName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// ParseModel reads NAME=BUNDLE or BUNDLE. If there is a file of the whole text, such
// as day=1/m.zip, it has no name.
func ParseModel(s string) Model {
	name, path, named := strings.Cut(s, "=")
	if !named || !modelName.MatchString(name) {
		return Model{Path: s}
	}
	if _, err := os.Stat(s); err == nil {
		return Model{Path: s}
	}
	return Model{name, path}
}

// withModels returns a list with one more bundle, or with several named ones that
// are separated by commas, as they come from the environment.
func withModels(list []Model, s string) ([]Model, error) {
	var found []Model
	for _, piece := range strings.Split(s, ",") {
		m := ParseModel(piece)
		if m.Name == "" && len(found) > 0 {
			found[len(found)-1].Path += "," + piece
			continue
		}
		found = append(found, m)
	}
	all := slices.Clone(list)
	for _, m := range found {
		if err := fitsModels(all, m); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// fitsModels checks that one more model goes with those of a list.
func fitsModels(list []Model, m Model) error {
	if m.Path == "" {
		return fmt.Errorf("%q: want BUNDLE or NAME=BUNDLE", m.Name+"=")
	}
	for _, other := range list {
		if other.Name == "" || m.Name == "" {
			return fmt.Errorf("%s and %s: each of several models needs a name, as in --model a=%s --model b=%s", other.Path, m.Path, other.Path, m.Path)
		}
		if other.Name == m.Name {
			return fmt.Errorf("two models are named %q: %s and %s", m.Name, other.Path, m.Path)
		}
	}
	return nil
}

func modelsText(list []Model) string {
	var texts []string
	for _, m := range list {
		texts = append(texts, m.String())
	}
	return strings.Join(texts, ",")
}

func (m Model) String() string {
	if m.Name == "" {
		return m.Path
	}
	return m.Name + "=" + m.Path
}
