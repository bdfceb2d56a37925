package main

import (
	"fmt"
	"strconv"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/ops/opstest/casefile"
)

func genCountVectorizer(b *builder) {
	known := b.distinct(b.between(1, 12))
	b.in("input", words, domain{words: known, size: -1})
	b.set("vocabulary", bundletest.Strings(known...))
	b.set("binary", bundletest.Bool(b.IntN(2) == 0))
	b.set("min_tf", bundletest.Double(pick(b.random, 1, 0, 2, 0.1, 0.25, 0.5)))
	b.out("output", vector, domain{size: len(known), counts: true})
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

func genNGram(b *builder) {
	known := b.distinct(5)
	b.in("input", words, domain{words: known, size: -1})
	b.set("n", bundletest.Long(int64(pick(b.random, 1, 2, 2, 3, 4))))
	b.out("output", words, domain{words: known, size: -1})
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
