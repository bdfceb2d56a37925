package stream

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"go.yaml.in/yaml/v3"

	"leapscore/internal/fault"
	"leapscore/internal/similar"
	"leapscore/job"
)

// Key is the key of the metadata of schemas that is about a stream.
const Key = "leapscore"

// ErrorKey is the key of the metadata that says why a stream is not answered.
const ErrorKey = "leapscore.error"

// keys are what a stream may say of itself, as score has flags.
var keys = []string{"outputs", "keep", "map", "input-default", "rename", "cast", "vectors"}

// onError and errorColumn are keys of streams alone.
const (
	onError     = "on-error"
	errorColumn = "error-column"
)

// Keys are the flags that the keys of a stream are the same as.
func Keys() []string { return slices.Clone(keys) }

// options are what one stream is scored by.
type options struct {
	spec        job.Spec
	onError     string
	errorColumn string
}

// The values of on-error.
const (
	asColumn = "column"
	asFail   = "fail"
)

func (o options) check() error {
	if o.onError != asColumn && o.onError != asFail {
		return fault.Usagef("on-error %q: want %s or %s", o.onError, asColumn, asFail)
	}
	if o.errorColumn == "" {
		return fault.Usagef("error-column needs a name, such as _error")
	}
	return nil
}

// defaults are the options of streams that say nothing.
func (s *Server) defaults() options {
	o := options{s.Spec, s.OnError, s.ErrorColumn}
	if o.onError == "" {
		o.onError = asColumn
	}
	if o.errorColumn == "" {
		o.errorColumn = "_error"
	}
	return o
}

// options reads what the metadata of a schema says.
func (s *server) options(schema *arrow.Schema) (options, error) {
	o := s.defaults()
	meta := schema.Metadata()
	at := meta.FindKey(Key)
	if at < 0 {
		return o, o.check()
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal([]byte(meta.Values()[at]), &values); err != nil {
		return o, fault.Usagef("the metadata %q of the schema is no JSON object: %v", Key, err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := o.set(name, values[name]); err != nil {
			return o, fault.Usage(fmt.Errorf("the metadata %q of the schema: %s: %w", Key, name, err))
		}
	}
	return o, o.check()
}

func (o *options) set(name string, value json.RawMessage) error {
	switch name {
	case onError:
		return json.Unmarshal(value, &o.onError)
	case errorColumn:
		return json.Unmarshal(value, &o.errorColumn)
	}
	if !slices.Contains(keys, name) {
		all := append(Keys(), onError, errorColumn)
		return fmt.Errorf("there is no such key%s; there are %s", similar.Hint(name, all), similar.List(all))
	}
	var node yaml.Node
	if err := yaml.Unmarshal(value, &node); err != nil {
		return err
	}
	o.spec.Unset(name) // a stream's own list stands in place of that of the flags
	return o.spec.SetYAML(name, node.Content[0])
}
