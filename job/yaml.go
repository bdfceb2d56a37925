package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"leapscore/internal/fault"
	"leapscore/job/internal/texts"
)

// Load reads a Spec from a file of YAML or JSON.
func Load(path string) (Spec, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Spec{}, fault.Usage(err)
	}
	s, err := Parse(data)
	if err != nil {
		return s, fault.Usage(fmt.Errorf("%s: %w", path, err))
	}
	return s, nil
}

// Parse reads a Spec from YAML or JSON. If there are keys that cannot be read, the
// *CheckError lists them with their lines, and the mistakes that Check finds in the
// others. Otherwise Check is left to Open.
func Parse(data []byte) (s Spec, err error) {
	if json.Valid(data) {
		data = texts.YAMLOfJSON(data)
	}
	var top yaml.Node
	if err := yaml.Unmarshal(data, &top); err != nil {
		if strings.Contains(err.Error(), "control characters are not allowed") {
			err = errors.New("is no text: want a file in YAML or JSON with the keys of a job")
		}
		return s, fault.Usage(err)
	}
	if len(top.Content) == 0 {
		return s, nil // empty
	}
	err = s.UnmarshalYAML(top.Content[0])
	unread, ok := errors.AsType[*CheckError](err)
	if !ok {
		return s, err
	}
	all := mistakes(unread.Mistakes)
	_, others := s.read()
	for _, m := range others {
		if !slices.ContainsFunc(unread.Mistakes, func(u Mistake) bool { return u.Key == m.Key }) {
			all.add(m.Key, m.Err)
		}
	}
	return s, all.err()
}

// UnmarshalYAML sets the keys that a mapping holds.
func (s *Spec) UnmarshalYAML(top *yaml.Node) error {
	if top = resolved(top); top.Kind != yaml.MappingNode {
		return fault.Usagef("want a mapping of keys to values")
	}
	var wrong mistakes
	lines := map[string]int{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		name, value := top.Content[i].Value, top.Content[i+1]
		err := s.SetYAML(name, value)
		if first, twice := lines[name]; twice {
			err = fmt.Errorf("the key is there twice, first in line %d", first)
		} else {
			lines[name] = top.Content[i].Line
		}
		if err != nil {
			wrong.addf(name, "line %d: %s: %w", top.Content[i].Line, name, err)
		}
	}
	return wrong.err()
}

// UnmarshalJSON sets the keys that an object holds.
func (s *Spec) UnmarshalJSON(data []byte) error {
	read, err := Parse(data)
	for _, name := range read.Given() {
		s.Take(name, read)
	}
	return err
}

func unknownKey(name string) error {
	return fmt.Errorf("there is no such key%s", suggestion(name))
}

// SetYAML sets a key to a value of a file: a plain value, a list or a mapping. Plain
// values count as they are written: a date stays a date, 1e6 is no 1000000. Null leaves
// the key as it is.
func (s *Spec) SetYAML(name string, v *yaml.Node) error {
	k, ok := find(name)
	if !ok {
		return unknownKey(name)
	}
	if v = resolved(v); v.Tag == "!!null" {
		return nil
	}
	var err error
	switch to := k.of(s).(type) {
	case *map[string]string:
		if v.Kind == yaml.MappingNode {
			err = addYAMLPairs(to, v.Content, k.pair)
			return s.gave(name, err)
		}
	case *[]Model:
		if v.Kind != yaml.ScalarNode {
			return s.gave(name, setYAMLModels(to, v))
		}
	case *[]string:
		if v.Kind == yaml.SequenceNode {
			*to, err = scalars(v.Content)
			return s.gave(name, err)
		}
	}
	text, err := scalar(v, k.wanted())
	if err != nil {
		return err
	}
	return s.Set(name, text)
}

// gave is give unless there is an error.
func (s *Spec) gave(name string, err error) error {
	if err == nil {
		s.give(name)
	}
	return err
}

func addYAMLPairs(to *map[string]string, content []*yaml.Node, pair string) error {
	m := map[string]string{}
	for name, value := range *to {
		m[name] = value
	}
	for i := 0; i+1 < len(content); i += 2 {
		value, err := scalar(content[i+1], "a plain value")
		if err == nil {
			err = texts.AddPair(m, content[i].Value, value, pair)
		}
		if err != nil {
			return err
		}
	}
	*to = m
	return nil
}

// setYAMLModels takes a list, or a mapping of names to bundles.
func setYAMLModels(to *[]Model, v *yaml.Node) error {
	step := 1
	if v.Kind == yaml.MappingNode {
		step = 2
	}
	all := slices.Clone(*to)
	for i := 0; i+step <= len(v.Content); i += step {
		text, err := scalar(v.Content[i+step-1], "a path")
		if err != nil {
			return err
		}
		m := ParseModel(text)
		if step == 2 {
			m = Model{v.Content[i].Value, text}
		}
		if err := fitsModels(all, m); err != nil {
			return err
		}
		all = append(all, m)
	}
	*to = all
	return nil
}

func scalars(content []*yaml.Node) (list []string, err error) {
	list = make([]string, len(content))
	for i, n := range content {
		if list[i], err = scalar(n, "a plain value"); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// wanted says what a file may hold for a key.
func (k key) wanted() string {
	switch {
	case k.pair != "" && k.Name != "model":
		return "a mapping, or " + k.pair
	case k.Type == "stringSlice", k.Type == "stringArray":
		return "a list, or a plain value"
	case k.Type == "bool":
		return "true or false"
	case k.Type == "int", k.Type == "int64":
		return "a whole number"
	case k.Type == "float64":
		return "a number"
	}
	return "a plain value"
}

func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func scalar(n *yaml.Node, want string) (string, error) {
	if n = resolved(n); n.Kind != yaml.ScalarNode {
		return "", fmt.Errorf("want %s", want)
	}
	return n.Value, nil
}

// MarshalYAML gives the keys that are not their defaults.
func (s Spec) MarshalYAML() (any, error) {
	top := &yaml.Node{Kind: yaml.MappingNode}
	for _, name := range s.Given() {
		var value yaml.Node
		if err := value.Encode(s.value(name)); err != nil {
			return nil, err
		}
		top.Content = append(top.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, &value)
	}
	return top, nil
}

// MarshalJSON gives the keys that are not their defaults.
func (s Spec) MarshalJSON() ([]byte, error) {
	values := map[string]any{}
	for _, name := range s.Given() {
		values[name] = s.value(name)
	}
	return json.Marshal(values)
}

// value is what a file holds for a key.
func (s Spec) value(name string) any {
	k, _ := find(name)
	switch v := k.of(&s).(type) {
	case *time.Duration:
		return v.String()
	case *[]Model:
		if len(*v) == 1 && (*v)[0].Name == "" {
			return (*v)[0].Path
		}
		var list []string
		for _, m := range *v {
			list = append(list, m.String())
		}
		return list
	default:
		return reflect.ValueOf(v).Elem().Interface()
	}
}
