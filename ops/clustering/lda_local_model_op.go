package clustering

import (
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/commonsmath"
	"leapscore/ops/internal/javamath"
)

// LDALocalModelOp predicts the mixture of topics of a document.
var LDALocalModelOp = &ops.Op{
	Name: "lda_local_model_op",
	Doc:  "Predicts the mixture of topics of a document from the counts of its words, by variational inference from a fixed start.",
	Attrs: []string{
		"topicMatrix: tensor<double>[words, topics], column-major",
		"docConcentration: list<double>, one value per topic; further values are not used",
		"topicConcentration: double, required but without effect",
		"vocabSize: int, not used",
	},
	Ports: []string{
		"in features: tensor<double>, one count per word; declared with the number of topics",
		"out prediction: tensor<double>, one share per topic; zeros for a document without words",
	},
	Source: "LDAModel.scala (LocalLDAModel), OnlineLDAOptimizer.scala, LDAUtils.scala",
	Load:   loadLDALocalModelOp,
}

type ldaLocalModelOp struct {
	words, topics int
	// beta is exp(E[log beta]), the topics of a word together.
	beta  []float64
	alpha []float64
	// start and startTheta begin every inference: gamma and exp(E[log theta]).
	start, startTheta []float64
	overflows         bool // whether the JVM's stack overflows on the model itself
	// ordinary is set if beta is finite and alpha above zero. Then gamma is, and
	// theta up to about one, whatever ordinary counts a document has.
	ordinary bool
}

func loadLDALocalModelOp(n *ops.Node) (ops.Kernel, error) {
	t := n.Attrs.Tensor("topicMatrix")
	k := &ldaLocalModelOp{alpha: n.Attrs.Doubles("docConcentration")}
	n.Attrs.Double("topicConcentration")
	if len(t.Dims) < 2 {
		n.Attrs.Failf("topicMatrix", "dimensions %v, want words and topics", t.Dims)
	}
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	k.words, k.topics = t.Dims[0], t.Dims[1]
	if len(t.Doubles) < k.words*k.topics {
		n.Attrs.Failf("topicMatrix", "%d values, want %d words of %d topics", len(t.Doubles), k.words, k.topics)
		return nil, n.Attrs.Err()
	}
	k.beta = make([]float64, k.words*k.topics)
	ofTopic := make([]float64, k.words)
	for topic := range k.topics {
		if !dirichlet(ofTopic, t.Doubles[topic*k.words:(topic+1)*k.words]) {
			k.overflows = true
		}
		for word, x := range ofTopic {
			k.beta[word*k.topics+topic] = x
		}
	}
	rand := commonsmath.NewMersenneTwister(0)
	gamma := commonsmath.Gamma{Shape: 100, Scale: 1.0 / 100}
	k.start, k.startTheta = make([]float64, k.topics), make([]float64, k.topics)
	for i := range k.start {
		k.start[i] = gamma.Draw(rand)
	}
	dirichlet(k.startTheta, k.start)
	k.ordinary = ordinaryCounts(k.beta) && !slices.ContainsFunc(k.alpha, func(a float64) bool { return !(a > 0) })
	return k, nil
}

// dirichlet sets dst to exp(E[log x]) of x under the Dirichlet distribution with
// the parameters a. It is false if the JVM runs out of stack over them.
func dirichlet(dst, a []float64) bool {
	whole := sum(a)
	ok := !recursesForever(whole)
	total := commonsmath.Digamma(whole)
	for i, x := range a {
		ok = ok && !recursesForever(x)
		dst[i] = javamath.Exp(commonsmath.Digamma(x) - total)
	}
	return ok
}

// recursesForever reports whether Gamma.digamma, which calls itself with x+1
// until that is positive, ends in a StackOverflowError. Where exactly it does
// depends on the stack; this is where commonsmath gives up.
func recursesForever(x float64) bool { return x < -5000 && !math.IsInf(x, -1) }

func (k *ldaLocalModelOp) Inputs() []ops.Port {
	return []ops.Port{{Name: "features", Type: bundle.Tensor(bundle.Double, k.topics)}}
}
func (k *ldaLocalModelOp) Outputs() []ops.Port {
	return []ops.Port{{Name: "prediction", Type: bundle.Tensor(bundle.Double, k.topics)}}
}

func (k *ldaLocalModelOp) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	vs := column.ViewVectors(in[0])
	out := column.NewVectorBuilder(b.Mem, vs.Len(), k.topics)
	shares := out.DenseRows(vs.Len(), k.topics)
	clear(shares)
	f := inference{k: k, answer: func(row int, problem string) {
		if problem != "" {
			b.Reject(row, 0, ops.Invalid, "%s", problem)
		}
	}}
	for row := range vs.Len() {
		if vs.IsNull(row) {
			b.Reject(row, 0, ops.Null, "null vector")
			continue
		}
		if v := vs.Row(row); k.takes(b, row, v) {
			f.add(row, shares[row*k.topics:(row+1)*k.topics], v)
		}
	}
	f.finish()
	return []arrow.Array{out.Array()}, nil
}

// takes reports whether there are topics to infer for v. It rejects what the JVM fails
// on before it begins.
func (k *ldaLocalModelOp) takes(b *ops.Batch, row int, v column.Vector) bool {
	switch {
	case k.overflows:
		b.Reject(row, -1, ops.Invalid, "topicMatrix holds numbers below -5000")
	case blank(v.Values):
	case !k.covers(v):
		b.Reject(row, 0, ops.Size, "vector of size %d, the model has %d words", v.Size, k.words)
	case len(k.alpha) < k.topics:
		b.Reject(row, -1, ops.Size, "docConcentration has %d values, topicMatrix %d topics", len(k.alpha), k.topics)
	default:
		return true
	}
	return false
}

// blank reports whether a document has no words. A NaN is a word.
func blank(counts []float64) bool {
	for _, c := range counts {
		if c != 0 {
			return false
		}
	}
	return true
}

// covers reports whether the model has all words of v. A vector may be shorter
// than the vocabulary, or of any size if it is sparse.
func (k *ldaLocalModelOp) covers(v column.Vector) bool {
	if v.Dense {
		return v.Size <= k.words
	}
	return len(v.Indices) == 0 || int(v.Indices[len(v.Indices)-1]) < k.words
}
