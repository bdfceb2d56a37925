package clustering

import (
	"math"

	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
	"leapscore/ops/internal/commonsmath"
	"leapscore/ops/internal/javamath"
)

// inference is the variational inference of the topics of documents
// (OnlineLDAOptimizer.variationalTopicInference). Some documents take their steps
// together, so that vector code gets the digammas and powers of all of them at once;
// that changes no bit of any. It keeps buffers, so it is for one goroutine.
type inference struct {
	k        *ldaLocalModelOp
	answer   func(row int, problem string) // called once for each document, in any order
	underway []*document
	idle     []*document // whose buffers are free
	digammas commonsmath.Digammas
	args     []float64 // of a step: the gammas of each document, and their sum
}

// stepArgs is about how many digammas a step is to have.
const stepArgs = 64

// maxSteps ends an inference that neither converges nor repeats itself. MLeap
// has no such limit; documents converge in some dozens of steps.
const maxSteps = 1 << 20

// add begins the inference of the document v. It ends the inference of others when
// there are enough.
func (f *inference) add(row int, dst []float64, v column.Vector) {
	var d *document
	if last := len(f.idle) - 1; last >= 0 {
		d, f.idle = f.idle[last], f.idle[:last]
	} else {
		d = newDocument(f.k)
	}
	d.row, d.dst = row, dst
	d.start(v)
	f.underway = append(f.underway, d)
	for len(f.underway)*(f.k.topics+1) >= stepArgs {
		f.step()
	}
}

// finish ends the inference of all documents.
func (f *inference) finish() {
	for len(f.underway) > 0 {
		f.step()
	}
}

// step takes one step for all documents that are under way.
func (f *inference) step() {
	topics := f.k.topics
	f.args = f.args[:0]
	for _, d := range f.underway {
		f.args = append(f.args, d.nextGamma()...)
		f.args = append(f.args, sum(d.gamma))
	}
	for i, x := range f.args {
		if recursesForever(x) {
			f.underway[i/(topics+1)].overflows = true
		}
	}
	f.digammas.Replace(f.args)
	for i := range f.underway {
		a := f.args[i*(topics+1) : (i+1)*(topics+1)]
		for j := range a[:topics] {
			a[j] -= a[topics]
		}
		a[topics] = 0
	}
	javamath.ExpAll(f.args, f.args)
	left := f.underway[:0]
	for i, d := range f.underway {
		copy(d.theta, f.args[i*(topics+1):])
		if done, problem := d.converged(); done {
			f.answer(d.row, problem)
			f.idle = append(f.idle, d)
		} else {
			left = append(left, d)
		}
	}
	f.underway = left
}

// document is one document under way.
type document struct {
	k   *ldaLocalModelOp
	row int
	dst []float64 // where the shares of the topics go

	words packedWords
	// One value for each topic: gamma of this and the last step, exp(E[log theta]),
	// and a gamma of long ago.
	gamma, last, theta, marked []float64
	step, mark                 int
	overflows                  bool
}

func newDocument(k *ldaLocalModelOp) *document {
	n := k.topics
	buf := make([]float64, 4*n)
	d := &document{k: k, gamma: buf[:n:n], last: buf[n : 2*n : 2*n], theta: buf[2*n : 3*n : 3*n], marked: buf[3*n:]}
	d.words.init(n)
	return d
}

func (d *document) start(v column.Vector) {
	d.step, d.mark, d.overflows = 0, 1, false
	copy(d.gamma, d.k.start)
	copy(d.theta, d.k.startTheta)
	copy(d.marked, d.gamma)
	d.words.pack(d.k, v)
	d.words.norm(d.theta)
}

// nextGamma sets gamma to that of the next step.
func (d *document) nextGamma() []float64 {
	copy(d.last, d.gamma)
	weights := d.words.weights()
	for i, x := range d.theta {
		d.gamma[i] = float64(x*weights[i]) + d.k.alpha[i]
	}
	return d.gamma
}

// converged ends a step, once theta is that of gamma. If there are no more steps, the
// shares of the topics are in dst. If the JVM never answers, because its loop does not
// end or its stack does, problem says so.
//
// Each step depends on gamma alone, so a gamma that comes back means a loop without
// end. It is looked for as Brent does, against every 2^n-th.
func (d *document) converged() (done bool, problem string) {
	if d.overflows {
		return true, "the inference reaches numbers below -5000"
	}
	d.step++
	change := meanDistance(d.gamma, d.last)
	if change > 1e-3 {
		if sameBits(d.gamma, d.marked) || d.step == maxSteps {
			return true, "the inference does not converge"
		}
		if d.step == d.mark {
			copy(d.marked, d.gamma)
			d.mark *= 2
		}
		d.words.norm(d.theta)
		return false, ""
	}
	if total := blas.Norm1(d.gamma); total != 0 {
		for i := range d.gamma {
			d.gamma[i] /= total
		}
	}
	copy(d.dst, d.gamma)
	return true, ""
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
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
