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

func genDCT(b *builder) {
	n := b.vector("input", domain{size: pick(b.random, 0, 0, b.between(1, 130), pick(b.random, 128, 211, 256, 509, 512, 1000))})
	b.set("inverse", bundletest.Bool(b.IntN(2) == 0))
	b.set("input_size", bundletest.Int(int32(n)))
	b.out("output", vector, sized(n))
}

func genElementwiseProduct(b *builder) {
	n := b.vector("input", domain{})
	b.set("scaling_vec", bundletest.Vector(b.ordinaries(n)...))
	b.out("output", vector, sized(n))
}

// modest keeps models of vectors of n slots small: it returns another size, one
// that they do not have, where n is large.
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
