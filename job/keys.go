package job

import (
	"encoding/csv"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"leapscore/internal/similar"
	"leapscore/job/internal/texts"
)

// Key is what is known of one key of a Spec.
type Key struct {
	Name    string
	Group   string // one of Groups
	Help    string
	Default string   // as Spec.Text gives it, or empty
	Type    string   // bool, int, int64, float64, string, duration, stringSlice, stringArray, or how a pair is written
	Value   string   // a word for the value, such as FILE
	Words   []string // its values, or, if it is Open, some of them
	Open    bool
}

// keys are the keys of a Spec in the order of its fields.
var keys = func() (list []key) {
	t := reflect.TypeFor[Spec]()
	for _, f := range reflect.VisibleFields(t) {
		switch name := f.Tag.Get("key"); {
		case !f.IsExported():
		case name != "":
			list = append(list, newKey(name, f.Index, f.Type))
		default:
			for _, in := range reflect.VisibleFields(f.Type) {
				list = append(list, newKey(in.Tag.Get("key"), append(slices.Clone(f.Index), in.Index...), in.Type))
			}
		}
	}
	return list
}()

// key is a Key and where it is in a Spec.
type key struct {
	Key
	about
	at []int
}

func newKey(name string, at []int, t reflect.Type) key {
	a := table[name]
	k := key{Key: Key{Name: name, Group: a.group, Help: a.help, Value: a.value, Default: a.standard, Words: a.words, Open: a.open}, about: a, at: at}
	switch k.Type = t.String(); {
	case a.pair != "":
		k.Type = a.pair
	case t == reflect.TypeFor[time.Duration]():
		k.Type = "duration"
	case t.Kind() == reflect.Slice && a.commas:
		k.Type = "stringSlice"
	case t.Kind() == reflect.Slice:
		k.Type = "stringArray"
	case t.Kind() == reflect.Bool && k.Default == "":
		k.Default = "false"
	case t.Kind() != reflect.String && k.Default == "":
		k.Default = "0"
	}
	return k
}

// Keys returns the keys of a Spec: what a flag, a line of a file and a property of
// the schema have in common.
func Keys() (list []Key) {
	for _, k := range keys {
		list = append(list, k.Key)
	}
	return list
}

// KeyOf returns the key of that name.
func KeyOf(name string) (Key, bool) {
	k, ok := find(name)
	return k.Key, ok
}

func find(name string) (key, bool) {
	at := slices.IndexFunc(keys, func(k key) bool { return k.Name == name })
	if at < 0 {
		return key{}, false
	}
	return keys[at], true
}

// of returns a pointer to the field of the key.
func (k key) of(s *Spec) any { return reflect.ValueOf(s).Elem().FieldByIndex(k.at).Addr().Interface() }

// isZero reports whether s has nothing for the key.
func (k key) isZero(s *Spec) bool { return reflect.ValueOf(s).Elem().FieldByIndex(k.at).IsZero() }

// give notes that a key was set by name. It leaves copies of s alone.
func (s *Spec) give(name string) {
	given := map[string]bool{name: true}
	for n := range s.given {
		given[n] = true
	}
	s.given = given
}

// Given returns the keys that were set by name, or are not zero, in order.
func (s Spec) Given() (list []string) {
	for _, k := range keys {
		if s.given[k.Name] || !k.isZero(&s) {
			list = append(list, k.Name)
		}
	}
	return list
}

// Take sets a key to what it is in another Spec.
func (s *Spec) Take(name string, from Spec) {
	k, ok := find(name)
	if !ok {
		return
	}
	reflect.ValueOf(s).Elem().FieldByIndex(k.at).Set(reflect.ValueOf(&from).Elem().FieldByIndex(k.at))
	s.give(name)
}

// Set sets a key to a text, as a flag does: lists and mappings grow.
func (s *Spec) Set(name, value string) error {
	k, ok := find(name)
	if !ok {
		return unknownKey(name)
	}
	if err := k.set(k.of(s), value); err != nil {
		return k.explain(value, err)
	}
	s.give(name)
	return nil
}

// explain says what the key wants where a parser has other words for it.
func (k key) explain(value string, err error) error {
	switch {
	case k.Type == "duration":
		return fmt.Errorf("%q: want a time such as 30s, 5m or 1h", value)
	case is[*strconv.NumError](err):
		return fmt.Errorf("%q: want %s", value, k.wanted())
	case is[*csv.ParseError](err):
		return fmt.Errorf(`%q: want names separated by commas; one that has a comma or a quote stands between quotes, as in "a,b",c`, value)
	}
	return err
}

// Unset takes back what was set.
func (s *Spec) Unset(name string) {
	k, ok := find(name)
	if !ok {
		return
	}
	reflect.ValueOf(s).Elem().FieldByIndex(k.at).SetZero()
	given := map[string]bool{}
	for n := range s.given {
		given[n] = n != name
	}
	s.given = given
}

func (k key) set(to any, value string) (err error) {
	switch to := to.(type) {
	case *string:
		*to = value
	case *bool:
		*to, err = strconv.ParseBool(value)
	case *int:
		var n int64
		n, err = strconv.ParseInt(value, 0, strconv.IntSize)
		*to = int(n)
	case *int64:
		*to, err = strconv.ParseInt(value, 0, 64)
	case *float64:
		*to, err = strconv.ParseFloat(value, 64)
	case *time.Duration:
		*to, err = time.ParseDuration(value)
	case *[]string:
		list := []string{value}
		if k.commas {
			list, err = texts.SplitCommas(value)
		}
		*to = append(slices.Clip(*to), list...)
	case *map[string]string:
		var more map[string]string
		if more, err = texts.WithPairs(*to, value, k.pair); err == nil {
			*to = more
		}
	case *[]Model:
		var more []Model
		if more, err = withModels(*to, value); err == nil {
			*to = more
		}
	}
	return err
}

// Text returns what a key is set to as one text, which Set understands but for the
// brackets around lists.
func (s Spec) Text(name string) string {
	k, ok := find(name)
	if !ok {
		return ""
	}
	return text(reflect.ValueOf(k.of(&s)).Elem().Interface())
}

func text(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []string:
		return "[" + texts.JoinCommas(v) + "]"
	case map[string]string:
		return texts.Pairs(v)
	case []Model:
		return modelsText(v)
	}
	return fmt.Sprint(v)
}

// withDefaults returns a Spec with the defaults in place of what was left out.
func (s Spec) withDefaults() Spec {
	full := s
	for _, k := range keys {
		if s.given[k.Name] || !k.isZero(&s) || k.Default == "" {
			continue
		}
		// The defaults of the table can be read, as a test makes sure.
		_ = k.set(k.of(&full), strings.Trim(k.Default, "[]"))
	}
	if !slices.Contains(s.Given(), "mode") && (s.Run.Incremental || s.retries()) {
		full.Output.Mode = "append"
	}
	if !slices.Contains(s.Given(), "on-error") && s.retries() && s.Rejects.Path != "" {
		full.Rejects.OnError = "reject"
	}
	return full
}

// suggestion is a hint to the keys that may be meant, or empty.
func suggestion(name string) string {
	var names []string
	for _, k := range keys {
		names = append(names, k.Name)
	}
	return similar.HintAs(name, names, func(s string) string { return s })
}
