package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"leapscore/engine/pipeline"
	"leapscore/models/mleap"
	"leapscore/runs"
	"leapscore/sinks"
)

// modelFlags and sourceFlags are what score and check share.
type modelFlags struct {
	models modelList
	cast   string
	maps   *pairs
}

func (f *modelFlags) register(fs *pflag.FlagSet) {
	fs.Var(&f.models, "model", "bundle: a folder or a zip, by path or URL; NAME=BUNDLE, given again, scores several over one read, columns prefixed NAME_")
	fs.StringVar(&f.cast, "cast", "widen", "widen: only conversions that lose nothing; mleap: every one that MLeap makes")
	f.maps = newPairs("input=column")
	fs.Var(f.maps, "map", "the source column for an input of the model; may be given again")
}

func (f *modelFlags) castMode() (pipeline.CastMode, error) {
	switch f.cast {
	case "widen":
		return pipeline.CastWiden, nil
	case "mleap":
		return pipeline.CastMLeap, nil
	}
	return 0, usageError{fmt.Errorf("cast %q: want widen or mleap", f.cast)}
}

// modelList is the value of --model: bundles in their order, each with a name
// unless there is only one.
type modelList struct{ all []namedBundle }

type namedBundle struct{ name, path string }

// modelName is what prefixes of columns look like.
var modelName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// parseModel reads NAME=BUNDLE or BUNDLE. What exists under the whole text, such
// as day=1/m.zip, has no name.
func parseModel(s string) namedBundle {
	name, path, named := strings.Cut(s, "=")
	if !named || !modelName.MatchString(name) {
		return namedBundle{path: s}
	}
	if _, err := os.Stat(s); err == nil {
		return namedBundle{path: s}
	}
	return namedBundle{name, path}
}

// Set adds one bundle, or several named ones that are separated by commas, as
// they come from the environment.
func (l *modelList) Set(s string) error {
	var found []namedBundle
	for _, piece := range strings.Split(s, ",") {
		m := parseModel(piece)
		if m.name == "" && len(found) > 0 {
			found[len(found)-1].path += "," + piece
			continue
		}
		found = append(found, m)
	}
	for _, m := range found {
		if err := l.add(m); err != nil {
			return err
		}
	}
	return nil
}

func (l *modelList) add(m namedBundle) error {
	if m.path == "" {
		return fmt.Errorf("%q: want BUNDLE or NAME=BUNDLE", m.name+"=")
	}
	for _, other := range l.all {
		if other.name == "" || m.name == "" {
			return fmt.Errorf("%s and %s: each of several models needs a name, as in --model a=%s --model b=%s", other.path, m.path, other.path, m.path)
		}
		if other.name == m.name {
			return fmt.Errorf("two models are named %q: %s and %s", m.name, other.path, m.path)
		}
	}
	l.all = append(l.all, m)
	return nil
}

// take takes the leading arguments that are models, one or several with names,
// and returns the others.
func (l *modelList) take(args []string) ([]string, error) {
	for len(args) > 0 && (len(l.all) == 0 || l.all[0].name != "" && parseModel(args[0]).name != "") {
		if err := l.Set(args[0]); err != nil {
			return nil, usageError{err}
		}
		args = args[1:]
	}
	return args, nil
}

// setYAML takes a list, or a mapping of names to bundles.
func (l *modelList) setYAML(v *yaml.Node) error {
	step := 1
	if v.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i < len(v.Content); i += step {
		text, err := scalar(v.Content[i+step-1], "a path")
		if err == nil && step == 2 {
			err = l.add(namedBundle{v.Content[i].Value, text})
		} else if err == nil {
			err = l.add(parseModel(text))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *modelList) Type() string { return "[name=]bundle" }

func (l *modelList) String() string {
	var list []string
	for _, m := range l.all {
		list = append(list, m.String())
	}
	return strings.Join(list, ",")
}

func (m namedBundle) String() string {
	if m.name == "" {
		return m.path
	}
	return m.name + "=" + m.path
}

// load opens and loads the bundles, all problems at once, and joins those that
// have names.
func (l *modelList) load(ctx context.Context) (*pipeline.Model, error) {
	var parts []pipeline.Member
	var errs []error
	for _, b := range l.all {
		m, err := mleap.Open(ctx, b.path, modelOptions(ctx))
		if err != nil {
			errs = append(errs, modelError{err})
			continue
		}
		defer m.Close() // it is only read from, and not after Join
		parts = append(parts, pipeline.Member{Name: b.name, Model: m.Model})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(parts) == 1 && parts[0].Name == "" {
		return parts[0].Model, nil
	}
	m, err := pipeline.Join(parts)
	if clash := (*pipeline.NameError)(nil); err != nil && !errors.As(err, &clash) {
		err = modelError{err}
	}
	return m, err
}

// identity is the model of a run: for several, their names, versions and ids,
// and a hash over all.
func identity(m *pipeline.Model) sinks.Model {
	if len(m.Members) == 1 {
		m = m.Members[0].Model
	}
	return sinks.Model(m.Identity)
}

// combined is what identity gives for several models, from what a record has of
// them.
func combined(models []runs.Model) sinks.Model {
	var names []string
	var ids []pipeline.Identity
	for _, m := range models {
		names, ids = append(names, m.Label), append(ids, pipeline.Identity(m.Identity))
	}
	return sinks.Model(pipeline.JoinIdentities(names, ids))
}

// describe returns the bundles with what they were loaded as.
func (l *modelList) describe(m *pipeline.Model) []runs.Model {
	parts := m.Members
	if parts == nil {
		parts = []pipeline.Member{{Model: m}}
	}
	var all []runs.Model
	for i, p := range parts {
		all = append(all, runs.Model{Label: p.Name, Path: l.all[i].path, Identity: identity(p.Model)})
	}
	return all
}

// several is describe for a run of several models, and nil for one.
func (l *modelList) several(m *pipeline.Model) []runs.Model {
	if len(m.Members) < 2 {
		return nil
	}
	return l.describe(m)
}

// metadata is what a data file says of the models that made it.
func metadata(r sinks.Run) map[string]string {
	kv := map[string]string{}
	add := func(prefix string, m sinks.Model) {
		kv[prefix+"name"], kv[prefix+"version"], kv[prefix+"uid"], kv[prefix+"sha256"] = m.Name, m.Version, m.UID, m.SHA256
	}
	add("leapscore.model.", r.Model)
	var names []string
	for _, m := range r.Models {
		names = append(names, m.Label)
		add("leapscore.model."+m.Label+".", m.Identity)
	}
	if names != nil {
		kv["leapscore.models"] = strings.Join(names, ",")
	}
	return kv
}
