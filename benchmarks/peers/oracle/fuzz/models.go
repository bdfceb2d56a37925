package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/ops/opstest/casefile"
)

// thresholds sets the thresholds that classifiers may have.
func (b *builder) thresholds(classes int) {
	if b.IntN(3) > 0 {
		return
	}
	ts := make([]float64, classes)
	for i := range ts {
		ts[i] = pick(b.random, 0.5, 0.1, b.Float64(), b.Float64(), 1)
	}
	if b.IntN(4) == 0 && classes > 0 {
		ts[b.IntN(classes)] = 0
	}
	if b.often(b.wrong) {
		ts = append(ts, 0.5)
	}
	b.set("thresholds", bundletest.Doubles(ts...))
}

// classifierOutputs connects the outputs of a classifier.
func (b *builder) classifierOutputs(classes int) {
	b.outMaybe("raw_prediction", vector, sized(classes))
	b.outMaybe("probability", vector, sized(classes))
	b.outMostly("prediction", double, domain{whole: classes})
}

// outMostly connects the output that a model always computes. Where a node of a
// pipeline leaves it out and has others, MLeap puts all later columns of the row
// in the wrong place.
func (b *builder) outMostly(port string, t casefile.Type, d domain) {
	if !b.alone || b.node.Outputs == nil || b.IntN(6) > 0 {
		b.out(port, t, d)
	}
}

// splits are the thresholds of a tree: few, so that rows hit them.
func (b *builder) splits() []float64 {
	xs := b.ordinaries(b.between(1, 6))
	return append(xs, 0)
}

// tree returns a random tree over vectors of n slots whose leaves have k
// values, or one prediction if k is 0.
func (b *builder) tree(n, k, depth int, splits []float64) []bundle.TreeNode {
	if depth == 0 || b.IntN(5) == 0 || n == 0 {
		if k == 0 {
			return []bundle.TreeNode{bundletest.Leaf(b.ordinary())}
		}
		return []bundle.TreeNode{bundletest.Leaf(b.leaf(k)...)}
	}
	node := bundletest.Split(int32(b.IntN(n)), pick(b.random, splits...))
	if b.often(b.wrong / 4) {
		node.Feature = int32(n)
	}
	if b.IntN(4) == 0 {
		cats := []float64{}
		for range b.between(0, 4) {
			cats = append(cats, float64(b.IntN(5)))
		}
		node = bundletest.Categories(node.Feature, int32(b.between(1, 6)), b.IntN(2) == 0, cats...)
	}
	nodes := append([]bundle.TreeNode{node}, b.tree(n, k, depth-1, splits)...)
	return append(nodes, b.tree(n, k, depth-1, splits)...)
}

func (b *builder) leaf(k int) []float64 {
	xs := make([]float64, k)
	for i := range xs {
		xs[i] = pick(b.random, 0, float64(b.IntN(100)), float64(b.IntN(10)), b.Float64()*100)
	}
	if b.often(b.wrong) {
		xs[b.IntN(k)] = pick(b.random, edges...)
	}
	return xs
}

func (b *builder) depth() int { return pick(b.random, 0, 1, 2, 3, 5, 8) }

// forest adds trees as sub-models of op.
func (b *builder) forest(op string, n, k int, splits []float64) {
	count := pick(b.random, 1, 2, 3, 4, 5, 8, 20)
	b.node.Subs = map[string]bundletest.Model{}
	var names []string
	for i := range count {
		name := "tree" + strconv.Itoa(i)
		attrs := map[string]bundle.Value{"num_features": bundletest.Long(int64(n))}
		if k > 0 {
			attrs["num_classes"] = bundletest.Long(int64(k))
		}
		b.node.Subs[name] = bundletest.Model{Op: op, Attrs: attrs, Tree: b.tree(n, k, b.depth(), splits)}
		names = append(names, name)
	}
	b.set("num_features", bundletest.Long(int64(n)))
	b.set("trees", bundletest.Strings(names...))
	weights := make([]float64, count)
	for i := range weights {
		weights[i] = pick(b.random, 1, 0.1, b.ordinary())
	}
	if b.often(b.wrong) {
		weights = weights[1:]
	}
	b.set("tree_weights", bundletest.Doubles(weights...))
}

func (b *builder) splitDomain() ([]float64, domain) {
	splits := b.splits()
	d := domain{numbers: splits}
	if b.IntN(3) == 0 {
		d.whole = 6
	}
	return splits, d
}

func genDecisionTreeClassifier(b *builder) {
	splits, d := b.splitDomain()
	n, k := b.vector("features", d), b.between(1, 4)
	b.set("num_features", bundletest.Long(int64(n)))
	b.set("num_classes", bundletest.Long(int64(k)))
	b.node.Tree = b.tree(n, k, b.depth(), splits)
	b.thresholds(k)
	b.classifierOutputs(k)
}

func genDecisionTreeRegression(b *builder) {
	splits, d := b.splitDomain()
	n := b.vector("features", d)
	b.set("num_features", bundletest.Long(int64(n)))
	b.node.Tree = b.tree(n, 0, b.depth(), splits)
	b.out("prediction", double, domain{})
}

func genRandomForestClassifier(b *builder) {
	splits, d := b.splitDomain()
	n, k := b.vector("features", d), b.between(1, 4)
	b.forest("decision_tree_classifier", n, k, splits)
	b.set("num_classes", bundletest.Long(int64(k)))
	b.thresholds(k)
	b.classifierOutputs(k)
}

func genForestRegression(b *builder) {
	splits, d := b.splitDomain()
	b.forest("decision_tree_regression", b.vector("features", d), 0, splits)
	b.out("prediction", double, domain{})
}

func genGBTClassifier(b *builder) {
	splits, d := b.splitDomain()
	b.forest("decision_tree_regression", b.vector("features", d), 0, splits)
	b.set("num_classes", bundletest.Long(2))
	if b.IntN(2) == 0 {
		b.set("lossType", bundletest.String("logistic"))
	}
	b.thresholds(2)
	b.classifierOutputs(2)
}

func genLinearSVC(b *builder) {
	n := b.vector("features", domain{})
	b.set("num_classes", bundletest.Long(2))
	b.set("coefficients", bundletest.Vector(b.ordinaries(n)...))
	b.set("intercept", bundletest.Double(b.ordinary()))
	b.set("threshold", bundletest.Double(pick(b.random, 0, 0.5, b.ordinary())))
	b.outMaybe("raw_prediction", vector, sized(2))
	b.outMostly("prediction", double, domain{whole: 2})
}

func genSupportVectorMachine(b *builder) {
	n := b.vector("features", domain{})
	b.set("num_classes", bundletest.Long(2))
	b.set("coefficients", bundletest.Vector(b.ordinaries(n)...))
	b.set("intercept", bundletest.Double(b.ordinary()))
	b.thresholds(2)
	b.classifierOutputs(2)
}

func (b *builder) binaryLogistic(n int) map[string]bundle.Value {
	attrs := map[string]bundle.Value{
		"num_classes":  bundletest.Long(2),
		"coefficients": bundletest.Vector(b.ordinaries(n)...),
		"intercept":    bundletest.Double(b.ordinary()),
	}
	if b.IntN(3) > 0 {
		attrs["threshold"] = bundletest.Double(pick(b.random, 0.5, b.Float64(), 0, 1, 0.001, 1.5))
	}
	return attrs
}

func genLogisticRegression(b *builder) {
	n := b.vector("features", domain{})
	if b.IntN(2) == 0 {
		b.node.Attrs = b.binaryLogistic(n)
		b.classifierOutputs(2)
		return
	}
	k := b.between(3, 6)
	b.set("num_classes", bundletest.Long(int64(k)))
	b.set("coefficient_matrix", bundletest.Matrix([]int{k, n}, b.ordinaries(k*n)...))
	b.set("intercept_vector", bundletest.Vector(b.ordinaries(k)...))
	b.thresholds(k)
	b.classifierOutputs(k)
}

func genMultiLayerPerceptron(b *builder) {
	layers := []int64{int64(b.vector("features", domain{}))}
	for range b.between(0, 3) {
		layers = append(layers, int64(b.between(1, 7)))
	}
	k := b.between(1, 4)
	layers = append(layers, int64(k))
	weights := 0
	for i, n := range layers[1:] {
		weights += int(layers[i]*n + n)
	}
	b.set("layers", bundletest.Longs(layers...))
	b.set("weights", bundletest.Vector(b.ordinaries(weights)...))
	b.thresholds(k)
	b.classifierOutputs(k)
}

func genNaiveBayes(b *builder) {
	kind := pick(b.random, "bernoulli", "multinomial")
	d := domain{counts: true}
	if kind == "bernoulli" {
		d = domain{whole: 2}
	}
	n, k := b.vector("features", d), b.between(1, 4)
	logs := func(n int) []float64 {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = math.Log(b.Float64())
			if b.often(b.wrong) {
				xs[i] = pick(b.random, edges...)
			}
		}
		return xs
	}
	b.set("num_features", bundletest.Long(int64(n)))
	b.set("num_classes", bundletest.Long(int64(k)))
	b.set("pi", bundletest.Vector(logs(k)...))
	b.set("theta", bundletest.Matrix([]int{k, n}, logs(k*n)...))
	b.set("model_type", bundletest.String(kind))
	b.thresholds(k)
	b.classifierOutputs(k)
}

func genOneVsRest(b *builder) {
	splits, d := b.splitDomain()
	n, k := b.vector("features", d), b.between(1, 5)
	b.set("num_features", bundletest.Long(int64(n)))
	b.set("num_classes", bundletest.Long(int64(k)))
	b.node.Subs = map[string]bundletest.Model{}
	kind := b.IntN(5)
	for i := range k {
		m := bundletest.Model{Op: "logistic_regression", Attrs: b.binaryLogistic(n)}
		switch kind {
		case 0:
			m = bundletest.Model{Op: "linear_svc", Attrs: map[string]bundle.Value{
				"num_classes": bundletest.Long(2), "coefficients": bundletest.Vector(b.ordinaries(n)...),
				"intercept": bundletest.Double(b.ordinary()), "threshold": bundletest.Double(0),
			}}
		case 1:
			m = bundletest.Model{Op: "decision_tree_classifier", Tree: b.tree(n, 2, b.depth(), splits), Attrs: map[string]bundle.Value{
				"num_classes": bundletest.Long(2), "num_features": bundletest.Long(int64(n)),
			}}
		case 2:
			m = bundletest.Model{Op: "support_vector_machine", Attrs: map[string]bundle.Value{
				"num_classes": bundletest.Long(2), "coefficients": bundletest.Vector(b.ordinaries(n)...), "intercept": bundletest.Double(b.ordinary()),
			}}
		}
		b.node.Subs["model"+strconv.Itoa(i)] = m
	}
	b.outMaybe("probability", double, domain{})
	b.outMaybe("raw_prediction", vector, sized(k))
	b.outMostly("prediction", double, domain{whole: k})
}

func (b *builder) tensors(count, n int) []bundle.TensorValue {
	ts := make([]bundle.TensorValue, count)
	for i := range ts {
		ts[i] = *bundletest.Vector(b.ordinaries(n)...).Tensor
	}
	return ts
}

func genKMeans(b *builder) {
	n := b.vector("features", domain{})
	k := b.between(1, 6)
	centers := b.tensors(k, n)
	if k > 1 && b.IntN(3) == 0 {
		centers[1] = centers[0] // a tie
	}
	b.set("cluster_centers", bundletest.Tensors(centers...))
	b.set("num_features", bundletest.Long(int64(n)))
	b.out("prediction", scalar(casefile.Int), domain{whole: k})
}

func genBisectingKMeans(b *builder) {
	n := b.vector("features", domain{})
	leaves := int32(0)
	var grow func(depth int) []bundle.ClusterNode
	grow = func(depth int) []bundle.ClusterNode {
		center := b.ordinaries(n)
		norm := 0.0
		for _, x := range center {
			norm += x * x
		}
		node := bundle.ClusterNode{Center: center, Norm: math.Sqrt(norm)}
		if depth == 0 || b.IntN(4) == 0 {
			node.Index = leaves
			leaves++
			return []bundle.ClusterNode{node}
		}
		node.Index = -1
		nodes := []bundle.ClusterNode{node}
		for i := range b.between(1, 3) {
			nodes[0].Children = append(nodes[0].Children, int32(i))
			nodes = append(nodes, grow(depth-1)...)
		}
		return nodes
	}
	b.node.Cluster = grow(b.between(0, 4))
	b.out("prediction", scalar(casefile.Int), domain{whole: int(leaves)})
}

func genGaussianMixture(b *builder) {
	d := domain{size: b.between(1, 6)}
	n := b.vector("features", d)
	if n > 12 { // the JVM takes long for the eigenvalues
		n = 3
	}
	k := b.between(1, 4)
	var covs []bundle.TensorValue
	for range k {
		root := b.ordinaries(n * n)
		cov := make([]float64, n*n)
		for i := range n {
			for j := range n {
				s := 0.0
				for l := range n {
					s += root[i*n+l] * root[j*n+l]
				}
				cov[i*n+j] = s
			}
		}
		if b.IntN(4) == 0 { // diagonal
			for i := range cov {
				if i%(n+1) != 0 {
					cov[i] = 0
				}
			}
		}
		covs = append(covs, *bundletest.Matrix([]int{n, n}, cov...).Tensor)
	}
	weights := make([]float64, k)
	for i := range weights {
		weights[i] = b.Float64()
	}
	b.set("means", bundletest.Tensors(b.tensors(k, n)...))
	b.set("covs", bundletest.Tensors(covs...))
	b.set("weights", bundletest.Doubles(weights...))
	b.outMaybe("probability", vector, sized(k))
	b.outMostly("prediction", scalar(casefile.Int), domain{whole: k})
}

func genLDA(b *builder) {
	n := b.vector("features", domain{size: b.between(1, 8), counts: true, tame: true})
	k := b.between(1, 4)
	positive := func(n int) []float64 {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = b.Float64()*10 + 0.01
		}
		return xs
	}
	b.set("topicMatrix", bundletest.Matrix([]int{n, k}, positive(n*k)...))
	b.set("docConcentration", bundletest.Doubles(positive(k)...))
	b.set("topicConcentration", bundletest.Double(0.1))
	b.set("vocabSize", bundletest.Int(int32(n)))
	b.out("prediction", vector, sized(k))
}

func genLinearRegression(b *builder) {
	n := b.vector("features", domain{})
	b.set("coefficients", bundletest.Vector(b.ordinaries(n)...))
	b.set("intercept", bundletest.Double(b.ordinary()))
	b.out("prediction", double, domain{})
}

func genGLM(b *builder) {
	n := b.vector("features", domain{})
	b.set("coefficients", bundletest.Vector(b.ordinaries(n)...))
	b.set("intercept", bundletest.Double(b.ordinary()))
	b.set("family", bundletest.String(pick(b.random, "gaussian", "binomial", "poisson", "gamma")))
	b.maybe("link", bundletest.String(pick(b.random, "identity", "logit", "log", "inverse", "probit", "cloglog", "sqrt")))
	b.outMaybe("link_prediction", double, domain{})
	b.outMostly("prediction", double, domain{})
}

func genAFT(b *builder) {
	n := b.vector("features", domain{})
	b.set("coefficients", bundletest.Vector(b.ordinaries(n)...))
	b.set("intercept", bundletest.Double(b.ordinary()))
	qs := make([]float64, b.between(0, 5))
	for i := range qs {
		qs[i] = b.Float64()
	}
	b.set("quantile_probabilities", bundletest.Doubles(qs...))
	b.set("scale", bundletest.Double(pick(b.random, 1, b.Float64()+0.01, b.Float64()*5, 0)))
	b.outMaybe("quantiles", vector, sized(len(qs)))
	b.outMostly("prediction", double, domain{})
}

func genIsotonic(b *builder) {
	bounds := b.ordinaries(b.between(1, 9))
	slices.Sort(bounds)
	if b.IntN(3) == 0 && len(bounds) > 1 {
		bounds[1] = bounds[0]
	}
	predictions := b.ordinaries(len(bounds))
	slices.Sort(predictions)
	b.in("features", double, domain{numbers: bounds})
	b.set("boundaries", bundletest.Doubles(bounds...))
	b.set("predictions", bundletest.Doubles(predictions...))
	b.set("isotonic", bundletest.Bool(b.IntN(2) == 0))
	b.out("prediction", double, domain{})
}

func genALS(b *builder) {
	rank := pick(b.random, 1, 2, 3, 4, 5, 8, 10, 17)
	factors := func(ids int) ([]int32, []bundle.TensorValue) {
		var out []int32
		var ts []bundle.TensorValue
		for i := range ids {
			out = append(out, int32(i*pick(b.random, 1, 1, 2)))
			xs := make([]float32, rank)
			for j := range xs {
				xs[j] = float32(b.ordinary())
			}
			ts = append(ts, bundle.TensorValue{Base: bundle.Float, Dims: []int{rank}, Floats: xs})
		}
		return out, ts
	}
	for _, side := range []string{"user", "item"} {
		ids, ts := factors(b.between(1, 8))
		b.set(side+"s", bundletest.Ints(ids...))
		b.set(side+"_factors", bundletest.Tensors(ts...))
		b.in(side, scalar(casefile.Int), domain{whole: 9})
	}
	b.set("rank", bundletest.Int(int32(rank)))
	b.out("prediction", scalar(casefile.Float), domain{})
}

// genCategoricalDrilldown makes what MLeap writes, which nothing can load.
func genCategoricalDrilldown(b *builder) {
	n := b.between(1, 3)
	labels := b.distinct(n)
	b.in("label", text, domain{words: labels})
	b.vector("drilldown.features", sized(2))
	b.set("labels", bundletest.Strings(labels...))
	b.node.Subs = map[string]bundletest.Model{}
	for i := range n {
		b.node.Subs[fmt.Sprintf("model%d", i)] = bundletest.Model{Op: "linear_regression", Attrs: map[string]bundle.Value{
			"coefficients": bundletest.Vector(b.ordinaries(2)...), "intercept": bundletest.Double(1),
		}}
	}
	b.out("drilldown.prediction", double, domain{})
}
