package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/ops/opstest/casefile"
)

func (b *builder) handleInvalid(modes ...string) {
	if b.IntN(5) > 0 {
		b.set("handle_invalid", bundletest.String(pick(b.random, modes...)))
	}
}

// scalarOrVector connects a number or a vector and returns its shape.
func (b *builder) scalarOrVector(port string, d domain) (bundle.DataShape, casefile.Type, int) {
	if b.IntN(2) == 0 {
		b.in(port, double, d)
		return bundle.DataShape{Kind: bundle.ScalarKind, Nullable: b.IntN(2) == 0}, double, 1
	}
	n := b.vector(port, d)
	s := bundletest.VectorShape(n)
	s.Nullable = b.IntN(2) == 0
	return s, vector, n
}

func genBinarizer(b *builder) {
	t := pick(b.random, 0, 0.5, b.ordinary())
	b.set("threshold", bundletest.Double(t))
	shape, typ, n := b.scalarOrVector("input", domain{numbers: []float64{t}})
	if b.node.Op == "binarizer" {
		b.set("input_shapes", bundletest.Shape(shape))
	} else {
		b.set("input_shapes", bundletest.Shapes(shape))
	}
	b.out("output", typ, domain{size: n, whole: 2})
}

func genBucketedRandomProjectionLSH(b *builder) {
	n, k := b.vector("input", domain{}), b.between(1, 4)
	b.set("random_unit_vectors", bundletest.Tensors(b.tensors(k, n)...))
	b.set("bucket_length", bundletest.Double(pick(b.random, 1, 0.1, b.Float64()*10)))
	b.set("input_size", bundletest.Int(int32(n)))
	b.out("output", vector, sized(k))
}

func genBucketizer(b *builder) {
	splits := []float64{}
	x := b.ordinary()
	for range b.between(3, 7) {
		splits = append(splits, x)
		x += b.Float64()*3 + 0.01
	}
	if b.IntN(2) == 0 {
		splits[0], splits[len(splits)-1] = math.Inf(-1), math.Inf(1)
	}
	b.in("input", double, domain{numbers: splits})
	b.set("splits", bundletest.Doubles(splits...))
	b.handleInvalid("error", "skip", "keep")
	b.out("output", double, domain{whole: len(splits)})
}

func genChiSqSelector(b *builder) {
	n := b.vector("input", domain{})
	indices := b.indices(n)
	b.set("filter_indices", bundletest.Longs(indices...))
	b.set("input_size", bundletest.Int(int32(n)))
	b.out("output", vector, sized(len(indices)))
}

// indices returns some of the slots below n, mostly ascending.
func (b *builder) indices(n int) []int64 {
	if b.IntN(3) == 0 {
		return b.ints(b.between(0, n), n)
	}
	is := []int64{}
	for i := range n {
		if b.IntN(2) == 0 {
			is = append(is, int64(i))
		}
	}
	return is
}

func genCoalesce(b *builder) {
	nullable := make([]bool, b.between(1, 4))
	for i := range nullable {
		nullable[i] = b.IntN(3) > 0
		b.in("input"+strconv.Itoa(i), double, domain{})
	}
	b.set("nullable_inputs", bundletest.Bools(nullable...))
	b.out("output", double, domain{})
}

func genCountVectorizer(b *builder) {
	known := b.distinct(b.between(1, 12))
	b.in("input", words, domain{words: known, size: -1})
	b.set("vocabulary", bundletest.Strings(known...))
	b.set("binary", bundletest.Bool(b.IntN(2) == 0))
	b.set("min_tf", bundletest.Double(pick(b.random, 1, 0, 2, 0.1, 0.25, 0.5)))
	b.out("output", vector, domain{size: len(known), counts: true})
}

func genDCT(b *builder) {
	n := b.vector("input", domain{})
	b.set("inverse", bundletest.Bool(b.IntN(2) == 0))
	b.set("input_size", bundletest.Int(int32(n)))
	b.out("output", vector, sized(n))
}

func genElementwiseProduct(b *builder) {
	n := b.vector("input", domain{})
	b.set("scaling_vec", bundletest.Vector(b.ordinaries(n)...))
	b.out("output", vector, sized(n))
}

func genFeatureHasher(b *builder) {
	bases := []bundle.Base{bundle.Boolean, bundle.Byte, bundle.Short, bundle.Int, bundle.Long, bundle.Float, bundle.Double, bundle.String}
	var shapes []bundle.DataShape
	var types []bundle.Base
	var names, categorical []string
	for i := range b.between(1, 5) {
		base := pick(b.random, bases...)
		d := domain{}
		if base == bundle.String {
			d.words = wordPool
		}
		b.in("input"+strconv.Itoa(i), scalar(casefile.Base(base.String())), d)
		shapes = append(shapes, bundle.DataShape{Kind: bundle.ScalarKind, Nullable: b.IntN(3) > 0})
		types = append(types, base)
		names = append(names, b.word(nil)+strconv.Itoa(i))
		if b.IntN(3) == 0 {
			categorical = append(categorical, names[i])
		}
	}
	n := pick(b.random, 4, 16, 100, 1<<10, 1<<18)
	b.set("num_features", bundletest.Long(int64(n)))
	b.set("input_names", bundletest.Strings(names...))
	b.set("categorical_cols", bundletest.Strings(categorical...))
	b.set("input_shapes", bundletest.Shapes(shapes...))
	b.set("basic_types", bundletest.BasicTypes(types...))
	b.out("output", vector, sized(b.modest(n)))
}

// modest keeps models of vectors of n slots small: it returns another size, one
// that they do not have, where n is large.
func (b *builder) modest(n int) int {
	if n > 300 {
		return 5
	}
	return n
}

func genHashingTermFrequency(b *builder) {
	b.in("input", words, domain{words: b.distinct(8), size: -1})
	n := pick(b.random, 1, 7, 20, 64, 1000, 1<<18)
	b.set("num_features", bundletest.Long(int64(n)))
	b.maybe("binary", bundletest.Bool(b.IntN(2) == 0))
	b.maybe("hashUnsafeBytesVersion", bundletest.Int(int32(pick(b.random, 1, 2))))
	b.out("output", vector, domain{size: b.modest(n), counts: true})
}

func genIDF(b *builder) {
	if b.IntN(10) == 0 {
		b.in("input", double, domain{})
		b.set("idf", bundletest.Vector(b.ordinaries(1)...))
		b.out("output", vector, sized(1))
		return
	}
	n := b.vector("input", domain{counts: true})
	b.set("idf", bundletest.Vector(b.ordinaries(n)...))
	b.out("output", vector, sized(n))
}

func genImputer(b *builder) {
	missing := pick(b.random, math.NaN(), -1, 0, b.ordinary())
	b.in("input", double, domain{numbers: []float64{missing, math.NaN()}})
	b.set("surrogate_value", bundletest.Double(b.ordinary()))
	b.maybe("missing_value", bundletest.Double(missing))
	b.set("strategy", bundletest.String("mean"))
	b.maybe("nullable_input", bundletest.Bool(b.IntN(3) > 0))
	b.out("output", double, domain{})
}

func genInteraction(b *builder) {
	count := b.between(1, 3)
	var shapes []bundle.DataShape
	size := 1
	for i := range count {
		d := domain{size: b.between(1, 4)}
		if b.IntN(2) == 0 {
			d.whole = b.between(2, 4)
		}
		shape, _, n := b.scalarOrVector("input"+strconv.Itoa(i), d)
		nums := make([]int32, min(n, 8))
		for j := range nums {
			nums[j] = int32(pick(b.random, 1, max(d.whole, 1)))
			size *= int(nums[j])
		}
		shapes = append(shapes, shape)
		b.set(fmt.Sprintf("num_features%d", i), bundletest.Ints(nums...))
	}
	b.set("num_inputs", bundletest.Int(int32(count)))
	b.set("input_shapes", bundletest.Shapes(shapes...))
	b.out("output", vector, sized(b.modest(size)))
}

func genMapEntrySelector(b *builder) {
	base := pick(b.random, bundle.Boolean, bundle.Byte, bundle.Short, bundle.Int, bundle.Long, bundle.Float, bundle.Double, bundle.String)
	known := b.distinct(5)
	t := casefile.Type{Kind: casefile.Map, Key: casefile.String, Base: casefile.Base(base.String())}
	b.in("input", t, domain{words: known})
	b.in("key", text, domain{words: known})
	b.set("key_type", bundletest.BasicType(bundle.String))
	b.set("value_type", bundletest.BasicType(base))
	d := domain{}
	switch base {
	case bundle.Boolean:
		b.set("default_value", bundletest.Bool(true))
	case bundle.Byte, bundle.Short, bundle.Int:
		b.set("default_value", bundletest.Int(int32(b.IntN(100))))
	case bundle.Long:
		b.set("default_value", bundletest.Long(int64(b.Uint64())))
	case bundle.Float:
		b.set("default_value", bundletest.Float(float32(b.ordinary())))
	case bundle.Double:
		b.set("default_value", bundletest.Double(b.ordinary()))
	case bundle.String:
		d.words = known
		b.set("default_value", bundletest.String(b.word(nil)))
	}
	b.out("output", scalar(t.Base), d)
}

func genMathUnary(b *builder) {
	b.in("input", double, domain{numbers: []float64{0.5, b.Float64(), b.Float64(), math.Pi}})
	b.set("operation", bundletest.String(pick(b.random, "log", "exp", "sqrt", "sin", "cos", "tan", "abs", "logit", "floor", "ceil", "round")))
	b.out("output", double, domain{})
}

func genMathBinary(b *builder) {
	for _, x := range []string{"a", "b"} {
		if b.IntN(5) == 0 {
			b.set("d"+x, bundletest.Double(b.ordinary()))
			continue
		}
		b.in("input_"+x, double, domain{numbers: []float64{1, 2, 0.5}})
	}
	b.set("operation", bundletest.String(pick(b.random, "add", "sub", "mul", "div", "rem", "log_n", "pow", "min", "max")))
	b.out("output", double, domain{})
}

func genMaxAbsScaler(b *builder) {
	n := b.vector("input", domain{})
	xs := b.ordinaries(n)
	for i := range xs {
		xs[i] = math.Abs(xs[i])
	}
	b.set("maxAbs", bundletest.Vector(xs...))
	b.out("output", vector, sized(n))
}

func genMinHashLSH(b *builder) {
	n, k := b.vector("input", domain{whole: 2}), b.between(1, 5)
	b.set("random_coefficients_a", bundletest.Longs(b.ints(k, 2038074743)...))
	b.set("random_coefficients_b", bundletest.Longs(b.ints(k, 2038074743)...))
	b.set("input_size", bundletest.Int(int32(n)))
	b.out("output", vector, sized(k))
}

func genMinMaxScaler(b *builder) {
	n := b.vector("input", domain{})
	lo, hi := b.ordinaries(n), b.ordinaries(n)
	for i := range lo {
		if b.IntN(6) == 0 {
			hi[i] = lo[i]
		}
	}
	b.set("min", bundletest.Vector(lo...))
	b.set("max", bundletest.Vector(hi...))
	if b.IntN(3) == 0 {
		b.set("minValue", bundletest.Double(b.ordinary()))
		b.set("maxValue", bundletest.Double(b.ordinary()))
	}
	b.out("output", vector, sized(n))
}

func genMultinomialLabeler(b *builder) {
	t := pick(b.random, 0, 0.1, b.Float64())
	n := b.vector("features", domain{numbers: []float64{t, b.Float64()}})
	labels := b.distinct(n)
	b.set("threshold", bundletest.Double(t))
	b.set("labels", bundletest.Strings(labels...))
	b.out("probabilities", list(casefile.Double), domain{size: -1})
	// With one output connected, MLeap puts all later columns of the row in the
	// wrong place.
	if !b.alone || b.IntN(2) == 0 {
		b.out("labels", words, domain{words: labels, size: -1})
	}
}

func genNGram(b *builder) {
	known := b.distinct(5)
	b.in("input", words, domain{words: known, size: -1})
	b.set("n", bundletest.Long(int64(pick(b.random, 1, 2, 2, 3, 4))))
	b.out("output", words, domain{words: known, size: -1})
}

func genNormalizer(b *builder) {
	n := b.vector("input", domain{})
	b.set("p_norm", bundletest.Double(pick(b.random, 1, 2, 2, 3, 1.5, 7.25, math.Inf(1), 0.5)))
	b.set("input_size", bundletest.Int(int32(n)))
	b.out("output", vector, sized(n))
}

func genOneHotEncoder(b *builder) {
	sizes := make([]int32, pick(b.random, 1, 1, 2, 3))
	keep := pick(b.random, "error", "keep", "keep")
	drop := b.IntN(2) == 0
	for i := range sizes {
		sizes[i] = int32(b.between(1, 6))
		b.in("input"+strconv.Itoa(i), double, domain{whole: int(sizes[i])})
		width := int(sizes[i])
		if !drop && keep == "keep" {
			width++
		} else if drop && keep == "error" {
			width--
		}
		b.out("output"+strconv.Itoa(i), vector, sized(width))
	}
	b.set("category_sizes", bundletest.Ints(sizes...))
	b.set("handle_invalid", bundletest.String(keep))
	b.set("drop_last", bundletest.Bool(drop))
}

func genPCA(b *builder) {
	n, k := b.vector("input", domain{}), b.between(1, 5)
	b.set("principal_components", bundletest.Matrix([]int{n, k}, b.ordinaries(n*k)...))
	b.out("output", vector, sized(k))
}

func genPolynomialExpansion(b *builder) {
	n := b.vector("input", domain{size: b.between(1, 5)})
	degree := b.between(1, 4)
	if n > 8 { // the number of products explodes
		degree = 2
	}
	if n > 40 {
		degree = 1
	}
	b.set("degree", bundletest.Long(int64(degree)))
	b.set("input_size", bundletest.Long(int64(n)))
	size := 1
	for i := range degree {
		size = size * (n + i + 1) / (i + 1)
	}
	b.out("output", vector, sized(b.modest(size-1)))
}

var patterns = []string{
	`\s+`, `\s`, ` `, `,`, `[,;.]`, `\W+`, `\w+`, `[^a-z]+`, `\b`, `\p{L}+`, `\p{Lu}`, `[0-9]+`, `\d{2,}`, `(?i)the`, `(?u)(?i)σ`, `.`, `^a`, `$`, `a|b`, `(a)(b)?`, `[a-z&&[^b]]`, `x*`, ``, `\.`, `(?<=a)-`, `\p{Punct}`,
	`[\p{L}\p{N}]+`, `é`, `😀`, `[😀-😂]`, `\u00e9`, `\R`, `\h+`, `\v`, `(?s).+`, `(?m)^.`, `\P{L}+`, `\p{IsGreek}+`, `\S+`, `[^\s]+`, `(.)\1`, `a{2}`, `a+?`, `\Qa-b\E`, `\x{1F600}`, `[\t\n]`, `\D`,
}

func genRegexIndexer(b *builder) {
	n := b.between(1, 4)
	var res []string
	var is []int32
	for range n {
		res = append(res, pick(b.random, patterns...))
		is = append(is, int32(b.between(-2, 9)))
	}
	b.in("input", text, domain{words: wordPool})
	b.set("regexes", bundletest.Strings(res...))
	b.set("indices", bundletest.Ints(is...))
	b.maybe("default_value", bundletest.Int(int32(b.IntN(3))))
	b.out("output", scalar(casefile.Int), domain{whole: 9})
}

func genRegexTokenizer(b *builder) {
	b.in("input", text, domain{words: wordPool})
	b.set("regex", bundletest.String(pick(b.random, patterns...)))
	b.set("match_gaps", bundletest.Bool(b.IntN(2) == 0))
	b.set("token_min_length", bundletest.Int(int32(b.between(0, 3))))
	b.set("lowercase_text", bundletest.Bool(b.IntN(2) == 0))
	b.out("output", words, domain{words: wordPool, size: -1})
}

func genReverseStringIndexer(b *builder) {
	labels := b.distinct(b.between(1, 6))
	b.set("labels", bundletest.Strings(labels...))
	d := domain{whole: len(labels), size: 3}
	switch b.IntN(3) {
	case 0:
		b.in("input", double, d)
		b.maybe("input_shape", bundletest.Shape(bundle.DataShape{}))
		if _, ok := b.node.Attrs["input_shape"]; ok || b.IntN(2) == 0 {
			b.out("output", text, domain{words: labels})
			return
		}
		b.out("output", text, domain{words: labels})
	case 1:
		b.in("input", list(casefile.Double), d)
		b.set("input_shape", bundletest.Shape(bundle.DataShape{Kind: bundle.ListKind}))
		b.out("output", words, domain{words: labels, size: -1})
	default:
		n := b.vector("input", d)
		b.set("input_shape", bundletest.Shape(bundle.DataShape{Kind: bundle.TensorKind, Dims: []int{n}}))
		b.out("output", casefile.Type{Kind: casefile.Tensor, Base: casefile.String}, sized(n))
	}
}

func genSklearnPolynomialExpansion(b *builder) {
	n := b.vector("input", domain{size: b.between(1, 5)})
	terms := []string{}
	for range b.between(1, 7) {
		var factors []string
		for range b.between(0, 3) {
			f := "x" + strconv.Itoa(b.IntN(max(n, 1)))
			if b.IntN(2) == 0 {
				f += "^" + strconv.Itoa(b.between(0, 4))
			}
			factors = append(factors, f)
		}
		if factors == nil {
			factors = []string{"1"}
		}
		terms = append(terms, strings.Join(factors, " "))
	}
	b.set("combinations", bundletest.String("["+strings.Join(terms, ",")+"]"))
	b.out("output", vector, sized(len(terms)))
}

func genStandardScaler(b *builder) {
	n := b.vector("input", domain{})
	which := b.between(1, 3)
	if which&1 != 0 {
		b.set("mean", bundletest.Vector(b.ordinaries(n)...))
	}
	if which&2 != 0 {
		b.set("std", bundletest.Vector(b.ordinaries(n)...))
	}
	b.out("output", vector, sized(n))
}

func genStopWordsRemover(b *builder) {
	stop := b.distinct(b.between(0, 8))
	b.in("input", words, domain{words: stop, size: -1})
	b.set("stop_words", bundletest.Strings(stop...))
	b.set("case_sensitive", bundletest.Bool(b.IntN(2) == 0))
	b.out("output", words, domain{words: wordPool, size: -1})
}

func genStringIndexer(b *builder) {
	n := pick(b.random, 1, 1, 2, 3)
	b.handleInvalid("error", "skip", "keep")
	if n == 1 && b.IntN(6) == 0 {
		labels := b.distinct(b.between(1, 7))
		b.in("input", text, domain{words: labels})
		b.set("labels", bundletest.Strings(labels...))
		b.out("output", double, domain{whole: len(labels) + 1})
		return
	}
	b.set("labels_length", bundletest.Int(int32(n)))
	for i := range n {
		labels := b.distinct(b.between(1, 7))
		b.in("input"+strconv.Itoa(i), text, domain{words: labels})
		b.set(fmt.Sprintf("labels_array_%d", i), bundletest.Strings(labels...))
		b.out("output"+strconv.Itoa(i), double, domain{whole: len(labels) + 1})
	}
}

func genStringMap(b *builder) {
	labels := b.distinct(b.between(1, 6))
	b.in("input", text, domain{words: labels})
	b.set("labels", bundletest.Strings(labels...))
	b.set("values", bundletest.Doubles(b.ordinaries(len(labels))...))
	b.handleInvalid("error", "keep")
	b.maybe("default_value", bundletest.Double(b.ordinary()))
	b.out("output", double, domain{})
}

func genTokenizer(b *builder) {
	b.in("input", text, domain{words: wordPool})
	b.out("output", words, domain{words: wordPool, size: -1})
}

func genVectorAssembler(b *builder) {
	var shapes []bundle.DataShape
	total := 0
	for i := range pick(b.random, 1, 2, 3, 4, 6, 12) {
		shape, _, n := b.scalarOrVector("input"+strconv.Itoa(i), domain{})
		shapes = append(shapes, shape)
		total += n
	}
	b.set("input_shapes", bundletest.Shapes(shapes...))
	b.out("output", vector, sized(total))
}

func genVectorIndexer(b *builder) {
	n := b.vector("input", domain{whole: 4})
	b.set("num_features", bundletest.Long(int64(n)))
	var keys []int64
	for i := range n {
		if b.IntN(2) == 0 {
			continue
		}
		keys = append(keys, int64(i))
		var from []float64
		var to []int64
		for j := range b.between(1, 5) {
			x := float64(j)
			if b.IntN(5) == 0 {
				x = b.ordinary()
			}
			from, to = append(from, x), append(to, int64(j))
		}
		b.set(fmt.Sprintf("key_%d_keys", i), bundletest.Doubles(from...))
		b.set(fmt.Sprintf("key_%d_values", i), bundletest.Longs(to...))
	}
	b.set("keys", bundletest.Longs(keys...))
	b.handleInvalid("error", "skip", "keep")
	b.out("output", vector, sized(n))
}

func genVectorSlicer(b *builder) {
	n := b.vector("input", domain{})
	indices := b.indices(n)
	var names []string
	var named []int32
	for i := range b.between(0, 2) {
		names = append(names, "n"+strconv.Itoa(i))
		named = append(named, int32(b.IntN(max(n, 1))))
	}
	b.set("indices", bundletest.Longs(indices...))
	b.set("names", bundletest.Strings(names...))
	b.set("named_indices", bundletest.Ints(named...))
	b.set("input_size", bundletest.Int(int32(n)))
	b.out("output", vector, sized(len(indices)+len(named)))
}

func genWordFilter(b *builder) {
	b.in("input", words, domain{words: wordPool, size: -1})
	b.set("length", bundletest.Int(int32(b.between(-1, 4))))
	b.out("output", words, domain{words: wordPool, size: -1})
}

func genWordToVector(b *builder) {
	known := b.distinct(b.between(1, 8))
	n := b.between(1, 9)
	b.in("input", words, domain{words: known, size: -1})
	b.set("words", bundletest.Strings(known...))
	indices := make([]int64, len(known))
	for i := range indices {
		indices[i] = int64(i)
	}
	if b.IntN(3) == 0 {
		b.Shuffle(len(indices), func(i, j int) { indices[i], indices[j] = indices[j], indices[i] })
	}
	b.maybe("indices", bundletest.Longs(indices...))
	if xs := b.ordinaries(n * len(known)); b.IntN(8) > 0 {
		b.set("word_vectors", bundletest.Doubles(xs...))
	} else {
		b.set("word_vectors", bundletest.Matrix([]int{len(known), n}, xs...))
	}
	b.maybe("kernel", bundletest.String(pick(b.random, "default", "sqrt")))
	b.out("output", vector, sized(n))
}
