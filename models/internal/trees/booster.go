// Package trees makes nodes of pipelines of the boosters of tree libraries. A kind of
// model describes its features and outputs and computes blocks of rows; what lies
// between those and Arrow's columns is here, and the same for all kinds.
package trees

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/internal/similar"
	"leapscore/models"
	"leapscore/ops"
	"leapscore/ops/tree"
	"leapscore/ops/tree/shap"
)

// Feature is an input of a booster.
type Feature struct {
	Name string
	// Category is set for features that are categories by name. It returns the number
	// that stands for one in the rows that Score gets.
	Category func(word string) float64
	// Strict is set for a feature with Category whose categories are texts: columns of
	// numbers are refused.
	Strict bool
	// Number is set for features that are categories by number. It is Category for them.
	Number func(x float64) float64
	// Required is set if null is refused. Elsewhere it is NaN.
	Required bool
}

// Output is an output of a booster: a column of scalars if Width is 1, else of lists.
type Output struct {
	Name  string
	Base  bundle.Base // Float, Double, Int, Long or String
	Width int
	// Aside is set for outputs that are written on demand only.
	Aside bool
}

// Values are those of one output for some rows, row by row. The field of the output's
// base is set, the others are nil.
type Values struct {
	Floats  []float32
	Doubles []float64
	Ints    []int32
	Longs   []int64
	Words   []string
}

// AllDoubles are the doubles of an output that may be not wanted: nil then.
func (v *Values) AllDoubles() []float64 {
	if v == nil {
		return nil
	}
	return v.Doubles
}

// AllInts is AllDoubles for an output of Ints.
func (v *Values) AllInts() []int32 {
	if v == nil {
		return nil
	}
	return v.Ints
}

// Booster is a model of boosted trees.
type Booster struct {
	Op       string // the name of the node
	Features []Feature
	Outputs  []Output

	// Score computes outputs for the rows of r, which are at most tree.Block: out[k] has
	// r.N times the width of output k values, and is nil where output k is not wanted.
	// Rows that it refuses are reported to r.Refuse. It is called by many goroutines at
	// once.
	Score func(r *tree.Rows, out []*Values)

	// Explain returns what explains the raw output. Its rows hold the features as Score gets them. An
	// error begins with what cannot be explained; nil says that nothing of the kind can.
	Explain func() (shap.Explainer, error)

	// Warnings tell what may be wrong with the file.
	Warnings []string

	// SHA256 is the hash of what the booster was made from, with the options that
	// change what it computes.
	SHA256 [sha256.Size]byte
}

// Opener returns the function that opens the models of a kind: load, whose errors it
// gives the name of the file.
func Opener(load func(f *models.File, opt models.Options) (*models.Model, error)) func(context.Context, *models.File, models.Options) (*models.Model, error) {
	return func(_ context.Context, f *models.File, opt models.Options) (*models.Model, error) {
		m, err := load(f, opt)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Where, err)
		}
		return m, nil
	}
}

// OpenFile returns the model that the booster in a file is. sum is the hash of the file,
// and rounds tells apart which of its rounds count.
func (b *Booster) OpenFile(f *models.File, sum, rounds string, opt models.Options, about models.About) (*models.Model, error) {
	threshold := "none"
	if opt.Threshold != nil {
		threshold = fmt.Sprint(*opt.Threshold)
	}
	b.SHA256 = sha256.Sum256(fmt.Appendf(nil, "%s %s %s %s", b.Op, sum, rounds, threshold))
	about.Name, about.SHA256 = strings.TrimSuffix(path.Base(f.Where), path.Ext(f.Where)), sum
	return b.Open(about)
}

// Open returns the model that the booster is.
func (b *Booster) Open(about models.About) (*models.Model, error) {
	id := pipeline.Identity{
		Name: about.Name, UID: about.UID, Writer: about.Writer, SHA256: about.SHA256,
		Version: about.SHA256[:min(len(about.SHA256), 12)],
	}
	m := &models.Model{About: about, Behind: func(vector string) (*pipeline.Model, error) { return b.graph(id, vector) }}
	var err error
	m.Model, err = b.graph(id, "")
	return m, err
}

// graph returns the graph of a booster. With vector, all features are in the vector of
// that name.
func (b *Booster) graph(id pipeline.Identity, vector string) (*pipeline.Model, error) {
	k := &kernel{Booster: b, wanted: slices.Repeat([]bool{true}, len(b.Outputs)), vector: vector != ""}
	n := pipeline.Node{
		Path: b.Op, Op: b.Op, Kernel: k,
		Digest: func() ([sha256.Size]byte, error) { return b.SHA256, nil },
	}
	for _, f := range b.Features {
		if vector == "" {
			n.Inputs = append(n.Inputs, f.Name)
		}
		if vector == "" && slices.ContainsFunc(b.Outputs, func(o Output) bool { return o.Name == f.Name }) {
			return nil, fmt.Errorf("feature %q has the name of an output: --features gives the features other names, and --map NAME=%s reads its column", f.Name, f.Name)
		}
	}
	if vector != "" {
		n.Inputs = []string{vector}
		for _, f := range b.Features {
			if f.Category != nil || f.Number != nil {
				return nil, fmt.Errorf("feature %q is a category, which no vector %q holds", f.Name, vector)
			}
		}
	}
	for _, o := range b.Outputs {
		n.Outputs = append(n.Outputs, o.Name)
		n.Aside = append(n.Aside, o.Aside)
	}
	m, err := pipeline.New(id, []pipeline.Node{n})
	if err != nil {
		return nil, err
	}
	for _, w := range b.Warnings {
		m.Warnings = append(m.Warnings, pipeline.Warning{Node: b.Op, Op: b.Op, Detail: w})
	}
	return m, nil
}

// Names returns the names of n features: those that were given for the file, else those
// of the file, else standard, which may be "f%d".
func Names(n int, given, file []string, standard string) ([]string, error) {
	if given == nil {
		given = file
	} else if len(given) != n {
		return nil, fmt.Errorf("features names %d columns, and the model has %d inputs", len(given), n)
	}
	names := make([]string, n)
	seen := map[string]bool{}
	for i := range names {
		if i < len(given) {
			names[i] = given[i]
		}
		if names[i] == "" {
			names[i] = fmt.Sprintf(standard, i)
		}
		if seen[names[i]] {
			return nil, fmt.Errorf("two inputs are named %q; --features gives them other names", names[i])
		}
		seen[names[i]] = true
	}
	return names, nil
}

func (f *Feature) port() ops.Port {
	p := ops.Port{Name: f.Name, Type: bundle.Scalar(bundle.Double), Loose: true}
	if f.Category != nil {
		p.Type, p.Loose = bundle.Scalar(bundle.String), !f.Strict
	}
	if f.Required {
		p.Type = p.Type.NonNull()
	}
	return p
}

func (o *Output) port() ops.Port {
	t := bundle.List(o.Base)
	if o.Width == 1 {
		t = bundle.Scalar(o.Base)
	}
	return ops.Port{Name: o.Name, Type: t.NonNull()}
}

// Describe notes what people ask for of a booster.
func (b *Booster) Describe() []models.Fact {
	var names []string
	for _, f := range b.Features {
		names = append(names, f.Name)
	}
	return []models.Fact{{Name: "features", Value: strconv.Itoa(len(names)) + ": " + similar.List(names)}}
}
