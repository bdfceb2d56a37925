package clustering

import (
	"math"
	"slices"

	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// inference is the variational inference of the topics of one document after
// another (OnlineLDAOptimizer.variationalTopicInference). It keeps buffers, so
// it is for one goroutine.
type inference struct {
	k    *ldaLocalModelOp
	rows []float64 // five vectors of one value per topic
	beta []float64 // the rows of the model's for the words of the document
	phi  []float64
	q    []float64
}

// maxSteps ends an inference that neither converges nor repeats itself. MLeap
// has no such limit; documents converge in some dozens of steps.
const maxSteps = 1 << 20

// run writes the shares of the topics to dst. If the JVM never answers, because
// its loop does not end or its stack does, run says so.
func (f *inference) run(dst []float64, v column.Vector) (problem string) {
	k, topics := f.k, f.k.topics
	beta, words := f.gather(v)
	f.phi = slices.Grow(f.phi[:0], words)[:words]
	f.q = slices.Grow(f.q[:0], words)[:words]
	gamma, last, theta := f.rows[:topics], f.rows[topics:2*topics], f.rows[2*topics:3*topics]
	weights, marked := f.rows[3*topics:4*topics], f.rows[4*topics:]
	copy(gamma, k.start)
	copy(theta, k.startTheta)
	copy(marked, gamma)
	f.norm(words, beta, theta)
	// Each step depends on gamma alone, so a gamma that comes back means a loop
	// without end. It is looked for as Brent does, against every 2^n-th.
	mark := 1
	for change, step := 1.0, 1; change > 1e-3; step++ {
		copy(last, gamma)
		for i, count := range v.Values {
			f.q[i] = count / f.phi[i]
		}
		clear(weights)
		blas.GemvT(words, topics, 1, beta, f.q, 0, weights)
		for i, x := range theta {
			gamma[i] = float64(x*weights[i]) + k.alpha[i]
		}
		if !dirichlet(theta, gamma) {
			return "the inference reaches numbers below -5000"
		}
		f.norm(words, beta, theta)
		change = meanDistance(gamma, last)
		if change > 1e-3 && (sameBits(gamma, marked) || step == maxSteps) {
			return "the inference does not converge"
		}
		if step == mark {
			copy(marked, gamma)
			mark *= 2
		}
	}
	if total := blas.Norm1(gamma); total != 0 {
		for i := range gamma {
			gamma[i] /= total
		}
	}
	copy(dst, gamma)
	return ""
}

// gather returns the rows of the model's beta for the words that v stores, and
// how many they are.
func (f *inference) gather(v column.Vector) (beta []float64, words int) {
	k, words := f.k, len(v.Values)
	if v.Dense && words == k.words {
		return k.beta, words
	}
	f.beta = slices.Grow(f.beta[:0], words*k.topics)[:words*k.topics]
	for topic := range k.topics {
		from, to := k.beta[topic*k.words:(topic+1)*k.words], f.beta[topic*words:(topic+1)*words]
		if v.Dense {
			copy(to, from)
			continue
		}
		for i, at := range v.Indices {
			to[i] = from[at]
		}
	}
	return f.beta, words
}

// norm sets phi to beta*theta, kept above zero.
func (f *inference) norm(words int, beta, theta []float64) {
	clear(f.phi)
	blas.GemvN(words, len(theta), 1, beta, theta, 0, f.phi)
	for i := range f.phi {
		f.phi[i] += 1e-100
	}
}

func meanDistance(x, y []float64) float64 {
	var sum float64
	for i, v := range x {
		sum += math.Abs(v - y[i])
	}
	return sum / float64(len(x))
}

func sameBits(x, y []float64) bool {
	for i, v := range x {
		if math.Float64bits(v) != math.Float64bits(y[i]) {
			return false
		}
	}
	return true
}
