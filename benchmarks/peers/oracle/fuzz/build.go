package main

import (
	"fmt"
	"maps"
	"slices"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/ops/opstest/casefile"
)

// builder makes stages one after the other. The columns that a stage reads are
// those of earlier stages where they fit, or new ones of the source.
type builder struct {
	*random
	reuse float64 // how often a stage reads what an earlier one made
	alone bool    // one stage: columns are named as their ports

	source []column
	made   []column
	stages []stage

	node *bundletest.Node // the stage under construction
	last []column         // that it makes
}

// stage is a node with what its outputs are.
type stage struct {
	bundletest.Node
}

// begin starts a stage of an op.
func (b *builder) begin(op string) {
	name := fmt.Sprintf("%s_%d", op, len(b.stages))
	b.node = &bundletest.Node{Name: name, Model: bundletest.Model{Op: op, Attrs: map[string]bundle.Value{}}}
	b.last = nil
}

// end adds the stage to the others.
func (b *builder) end() {
	b.stages = append(b.stages, stage{*b.node})
	b.made = append(b.made, b.last...)
	b.node = nil
}

func (b *builder) set(attr string, v bundle.Value) { b.node.Attrs[attr] = v }

// maybe sets an attribute that may be left out.
func (b *builder) maybe(attr string, v bundle.Value) {
	if b.IntN(4) > 0 {
		b.set(attr, v)
	}
}

// in connects an input port and returns its column: an earlier one that fits,
// or a new one of the source.
func (b *builder) in(port string, t casefile.Type, d domain) column {
	c, ok := b.earlier(t, d.tame)
	if !ok {
		c = b.free(port, t, d)
	}
	b.node.Inputs = append(b.node.Inputs, bundle.Socket{Port: port, Name: c.name})
	return c
}

func (b *builder) earlier(t casefile.Type, tame bool) (column, bool) {
	if !b.often(b.reuse) {
		return column{}, false
	}
	var fit []column
	for _, c := range b.made {
		if b.reads(c.name) && !b.often(b.wrong) {
			continue // MLeap loads no stage that reads a column twice
		}
		if tame && !c.counts {
			continue // the JVM takes seconds for each row that does not converge
		}
		if c.typ.Fits(t) || t.Kind == casefile.Scalar && c.typ.Kind == casefile.Scalar && b.IntN(3) == 0 ||
			t.Kind == casefile.List && c.typ.Kind == casefile.List && b.IntN(3) == 0 {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return column{}, false
	}
	if b.IntN(2) == 0 {
		return fit[len(fit)-1], true
	}
	return pick(b.random, fit...), true
}

func (b *builder) reads(column string) bool {
	return slices.ContainsFunc(b.node.Inputs, func(s bundle.Socket) bool { return s.Name == column })
}

// free adds a column to the source, mostly of the port's type, else of one that
// MLeap casts.
func (b *builder) free(port string, t casefile.Type, d domain) column {
	name := port
	if !b.alone {
		name = fmt.Sprintf("in%d", len(b.source))
	}
	for i := range b.source {
		if b.source[i].name == name {
			name += "_"
		}
	}
	c := column{name: name, typ: b.castable(t), domain: d}
	b.source = append(b.source, c)
	return c
}

func (b *builder) castable(t casefile.Type) casefile.Type {
	if b.IntN(6) > 0 || !b.alone && b.IntN(2) == 0 {
		return t
	}
	scalars := []casefile.Base{casefile.Boolean, casefile.Byte, casefile.Short, casefile.Int, casefile.Long, casefile.Float, casefile.Double, casefile.String, casefile.String}
	switch t.Kind {
	case casefile.Scalar, casefile.List, casefile.Map:
		t.Base = pick(b.random, scalars...)
	case casefile.Tensor:
		t = list(pick(b.random, casefile.Double, casefile.Float, casefile.Int, casefile.Long, casefile.Boolean))
	}
	return t
}

// vector connects a vector and returns its size, which now and then is not the
// true one.
func (b *builder) vector(port string, d domain) int {
	if d.size <= 0 {
		d.size = b.random.size()
		if b.often(b.wrong) {
			d.size = 0
		}
	}
	n := b.in(port, vector, d).size
	if n < 0 {
		n = b.between(1, 5)
	}
	if b.often(b.wrong) {
		n += pick(b.random, -1, 1, 2)
	}
	return max(n, 0)
}

// out connects an output port with a new column.
func (b *builder) out(port string, t casefile.Type, d domain) {
	name := port
	if !b.alone {
		name = fmt.Sprintf("c%d_%s", len(b.stages), port)
	}
	b.node.Outputs = append(b.node.Outputs, bundle.Socket{Port: port, Name: name})
	b.last = append(b.last, column{name: name, typ: t, domain: d})
}

// outMaybe connects an output port, or does not.
func (b *builder) outMaybe(port string, t casefile.Type, d domain) {
	if b.IntN(2) == 0 {
		b.out(port, t, d)
	}
}

func sized(n int) domain { return domain{size: n} }

// subject is a bundle, columns and rows.
type subject struct {
	name   string // the op, or "pipeline"
	format string
	root   bundletest.Node
	in     []casefile.Column
	rows   [][]casefile.Value
}

func (s *subject) files() bundletest.Files {
	return bundletest.Bundle{Name: "fuzz", Format: s.format, Root: s.root}.Files()
}

// single returns a bundle of one op.
func single(op string, seed uint64, rows int) *subject {
	b := &builder{random: newRandom(seed), alone: true}
	b.add(op)
	n := b.stages[0].Node
	if b.often(b.wrong * 3) {
		b.spoil(n.Attrs)
	}
	n.Name = "case"
	return b.subject(op, n, rows)
}

// spoil changes one attribute of a model: it removes it, or makes it another
// kind, or shorter.
func (b *builder) spoil(attrs map[string]bundle.Value) {
	names := slices.Sorted(maps.Keys(attrs))
	if len(names) == 0 {
		return
	}
	name := pick(b.random, names...)
	v := attrs[name]
	switch b.IntN(4) {
	case 0:
		delete(attrs, name)
	case 1:
		attrs[name] = pick(b.random, bundletest.Doubles(), bundletest.Doubles(1.5), bundletest.Strings("x"), bundletest.Longs(-7), bundletest.Int(3), bundletest.Long(2),
			bundletest.Double(-1), bundletest.String("y"), bundletest.Bool(true), bundletest.Vector(1, 2), bundletest.Vector())
	case 2:
		attrs[name] = bundle.Value{Scalar: &bundle.ScalarValue{}}
	default:
		switch {
		case v.List != nil && len(v.List.Doubles) > 0:
			attrs[name] = bundletest.Doubles(v.List.Doubles[1:]...)
		case v.List != nil && len(v.List.Strings) > 0:
			attrs[name] = bundletest.Strings(v.List.Strings[1:]...)
		case v.List != nil && len(v.List.Longs) > 0:
			attrs[name] = bundletest.Longs(v.List.Longs[1:]...)
		case v.List != nil && len(v.List.Ints) > 0:
			attrs[name] = bundletest.Ints(v.List.Ints[1:]...)
		case v.Tensor != nil && len(v.Tensor.Doubles) > 1:
			attrs[name] = bundletest.Vector(v.Tensor.Doubles[1:]...)
		}
	}
}

// add adds a stage of op.
func (b *builder) add(op string) {
	b.begin(op)
	generators[op](b)
	b.end()
}

func (b *builder) subject(name string, root bundletest.Node, rows int) *subject {
	s := &subject{name: name, root: root, format: pick(b.random, bundle.FormatJSON, bundle.FormatJSON, bundle.FormatProtobuf)}
	for _, c := range b.source {
		s.in = append(s.in, casefile.Column{Name: c.name, Type: c.typ})
	}
	s.rows = b.rows(b.source, rows)
	return s
}

// chain is a usual order of ops.
var chains = [][]string{
	{"string_indexer", "one_hot_encoder", "vector_assembler", "standard_scaler", "MODEL"},
	{"string_indexer", "one_hot_encoder", "vector_assembler", "MODEL"},
	{"string_indexer", "vector_assembler", "vector_indexer", "MODEL"},
	{"imputer", "vector_assembler", "min_max_scaler", "MODEL"},
	{"imputer", "bucketizer", "one_hot_encoder", "vector_assembler", "MODEL"},
	{"vector_assembler", "SCALER", "MODEL"},
	{"vector_assembler", "SCALER", "pca", "MODEL"},
	{"vector_assembler", "polynomial_expansion", "MODEL"},
	{"string_map", "math_unary", "math_binary", "vector_assembler", "SCALER", "MODEL"},
	{"tokenizer", "hashing_term_frequency", "idf", "MODEL"},
	{"regex_tokenizer", "stopwords_remover", "count_vectorizer", "idf", "MODEL"},
	{"tokenizer", "ngram", "hashing_term_frequency", "idf", "normalizer", "MODEL"},
	{"tokenizer", "word_filter", "word_to_vector", "MODEL"},
	{"regex_tokenizer", "count_vectorizer", "lda_local_model_op"},
	{"feature_hasher", "MODEL"},
	{"string_indexer", "reverse_string_indexer"},
	{"vector_assembler", "MODEL", "multinomial_labeler"},
	{"MODEL", "vector_assembler", "MODEL"},
}

var (
	scalers = []string{"standard_scaler", "min_max_scaler", "max_abs_scaler", "normalizer", "elementwise_product", "binarizer", "dct", "idf", "vector_slicer", "chi_sq_selector"}
	models  = []string{
		"linear_regression", "logistic_regression", "linear_svc", "support_vector_machine", "generalized_linear_regression", "aft_survival_regression", "naive_bayes",
		"multi_layer_perceptron_classifier", "decision_tree_classifier", "decision_tree_regression", "gbt_classifier", "gbt_regression", "random_forest_classifier",
		"random_forest_regression", "one_vs_rest", "k_means", "bisecting_k_means", "gaussian_mixture", "bucketed_random_projection_lsh",
	}
)

// pipelineOf returns a random pipeline: a usual chain with other ops thrown in,
// or ops at random.
func pipelineOf(names []string, seed uint64, rows int) *subject {
	b := &builder{random: newRandom(seed), reuse: 0.9}
	// Rows that one stage refuses do not reach the others.
	b.wild, b.absent, b.known = b.wild/4, b.absent/4, 0.97
	if b.IntN(3) > 0 {
		for _, op := range pick(b.random, chains...) {
			switch op {
			case "MODEL":
				op = pick(b.random, models...)
			case "SCALER":
				op = pick(b.random, scalers...)
			}
			for range pick(b.random, 1, 1, 1, 2) {
				b.add(op)
			}
			if b.IntN(10) == 0 {
				b.add(pick(b.random, names...))
			}
		}
	} else {
		b.reuse = pick(b.random, 0.3, 0.6, 0.95)
		for range b.between(2, 9) {
			b.add(pick(b.random, names...))
		}
	}
	nodes := make([]bundletest.Node, len(b.stages))
	for i, s := range b.stages {
		nodes[i] = s.Node
	}
	return b.subject("pipeline", bundletest.Pipeline("fuzz", b.nest(nodes)...), rows)
}

// nest puts runs of stages into pipelines of their own.
func (b *builder) nest(nodes []bundletest.Node) []bundletest.Node {
	for depth := 0; len(nodes) > 1 && b.IntN(5) == 0; depth++ {
		lo := b.IntN(len(nodes) - 1)
		hi := b.between(lo+1, len(nodes))
		inner := bundletest.Pipeline(fmt.Sprintf("nested%d_%d", depth, lo), append([]bundletest.Node(nil), nodes[lo:hi]...)...)
		nodes = append(append(append([]bundletest.Node(nil), nodes[:lo]...), inner), nodes[hi:]...)
	}
	return nodes
}
