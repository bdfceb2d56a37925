package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"leapscore/engine/pipeline"
	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/internal/similar"
	"leapscore/models"
	"leapscore/models/explain"
	"leapscore/models/kinds"
	"leapscore/runs"
	"leapscore/sinks"
)

// LoadModels opens and loads the models of a Spec, all problems at once, and joins those
// that have names.
func LoadModels(ctx context.Context, s Spec, opt models.Options) (*pipeline.Model, error) {
	mode, err := explain.ParseMode(s.Columns.Explain)
	if err != nil {
		return nil, fault.Usagef("explain %w", err)
	}
	var members []pipeline.Member
	var errs []error
	boosters, nodes := false, false // of XGBoost, in bundles
	for _, b := range s.Models {
		m, err := kinds.OpenThen(ctx, b.Path, s.Then(b.Name), opt)
		if m != nil {
			defer m.Close() // it is only read from, and not after Join
		}
		if err != nil {
			errs = append(errs, fault.Model(err))
			continue
		}
		boosters = boosters || m.Behind != nil
		nodes = nodes || slices.ContainsFunc(m.About.Nodes, func(n models.Node) bool { return strings.HasPrefix(n.Op, "xgboost.") })
		graph, err := explain.Add(m.Model, mode)
		if err != nil {
			errs = append(errs, fault.Model(fmt.Errorf("%s: %w", b.Path, err)))
		}
		members = append(members, pipeline.Member{Name: b.Name, Model: graph})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if given := s.Booster.given(); !boosters && given != "" {
		return nil, fault.Usagef("--%s is for boosters of XGBoost, LightGBM and CatBoost, and the model is none", given)
	}
	if s.Booster.Predictor != "" && !nodes {
		return nil, fault.Usagef("--xgboost-predictor is for bundles with nodes of XGBoost, and there are none")
	}
	if len(members) == 1 && members[0].Name == "" {
		return members[0].Model, nil
	}
	m, err := pipeline.Join(members)
	if err != nil && !is[*pipeline.NameError](err) {
		err = fault.Model(err)
	}
	return m, err
}

// loaded is the model of a job and what records say of it.
type loaded struct {
	*pipeline.Model
	identity sinks.Model  // for several: their names, versions and ids, and a hash over all
	members  []runs.Model // each bundle with what it was loaded as
}

// Opening says how the models of a Spec are opened.
func (s Spec) Opening() (opt models.Options, err error) {
	opt = models.Options{Stores: s.stores(), Features: s.Booster.Features, Predictor: s.Booster.Predictor}
	if opt.MaxSize, err = s.Limits.modelSize(); err != nil {
		return opt, err
	}
	if opt.Iterations, err = models.ParseIterations(s.Booster.Iterations); err != nil {
		return opt, err
	}
	opt.Threshold, err = s.Booster.threshold()
	return opt, err
}

// Then is the booster behind the model of that name, or "".
func (s Spec) Then(name string) string {
	for _, m := range s.Booster.Then {
		if m.Name == name {
			return m.Path
		}
	}
	return ""
}

// load loads the models of a Spec.
func load(ctx context.Context, s Spec) (*loaded, error) {
	opening, err := s.Opening()
	if err != nil {
		return nil, fault.Usage(err)
	}
	m, err := LoadModels(ctx, s, opening)
	if err != nil {
		return nil, err
	}
	versions, _ := s.modelVersions() // which Check has seen
	setVersions(m, versions)
	return &loaded{m, identity(m), describe(s.Models, m)}, nil
}

// setVersions gives models the versions that a job calls them by.
func setVersions(m *pipeline.Model, versions map[string]string) {
	var names []string
	var ids []pipeline.Identity
	for _, p := range m.Members {
		setVersion(p.Model, versions[p.Name])
		names, ids = append(names, p.Name), append(ids, p.Model.Identity)
	}
	if len(m.Members) > 1 {
		m.Identity = pipeline.JoinIdentities(names, ids)
		return
	}
	setVersion(m, versions[""])
}

func setVersion(m *pipeline.Model, version string) {
	if version != "" {
		m.Identity.Version = version
	}
}

// modelVersions reads the versions of the models, by their names.
func (s Spec) modelVersions() (map[string]string, error) {
	var names []string
	for _, m := range s.Models {
		names = append(names, m.Name)
	}
	versions := map[string]string{}
	for _, text := range s.Run.ModelVersions {
		name, version := "", text
		if !slices.Equal(names, []string{""}) {
			var ok bool
			if name, version, ok = strings.Cut(text, "="); !ok {
				return nil, fmt.Errorf("model-version %q: want NAME=VERSION, since the models have names", text)
			}
			if !slices.Contains(names, name) {
				return nil, fmt.Errorf("model-version %q: there is no model %q%s; there are %s", text, name, similar.Hint(name, names), strings.Join(names, ", "))
			}
		}
		if _, twice := versions[name]; twice || version == "" {
			return nil, fmt.Errorf("model-version %q: want one version for each model", text)
		}
		versions[name] = version
	}
	return versions, nil
}

// several are the members of a model of several, and nil for one.
func (m *loaded) several() []runs.Model {
	if len(m.members) < 2 {
		return nil
	}
	return m.members
}

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
func describe(list []Model, m *pipeline.Model) (all []runs.Model) {
	members := m.Members
	if members == nil {
		members = []pipeline.Member{{Model: m}}
	}
	for i, p := range members {
		all = append(all, runs.Model{Label: p.Name, Path: list[i].Path, Identity: identity(p.Model)})
	}
	return all
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

// ModelNames returns the names of the models of the last run into a table, if there were
// several.
func ModelNames(ctx context.Context, table string, stores store.Options) (names []string) {
	r, err := History{Where: table, Stores: stores}.Record(ctx, "")
	if err != nil {
		return nil // a table of other software, whose columns tell the names
	}
	for _, model := range r.Models {
		if model.Label != "" {
			names = append(names, model.Label)
		}
	}
	return names
}

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
