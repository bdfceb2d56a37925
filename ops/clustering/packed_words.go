package clustering

import (
	"math"
	"slices"

	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// packedWords are the rows of the model's beta for the words of one document, packed
// for both products of a step: one lane for each topic, and one for each word.
type packedWords struct {
	topics, topicLen int       // topicLen is topics, rounded up to whole vectors
	words            []int     // rows of beta
	counts           []float64 // how often each word is there
	byWord, byTopic  []float64 // topicLen values for each word; a value for each word, rounded up, for each topic
	order            []int     // of the topics in byTopic
	phi, q, w, theta []float64
}

func (p *packedWords) init(topics int) {
	p.topics, p.topicLen = topics, blas.LaneLen(topics)
	p.order = blas.FoursOrder(topics)
	p.w, p.theta = make([]float64, p.topicLen), make([]float64, topics)
}

// pack takes up the words of v.
func (p *packedWords) pack(k *ldaLocalModelOp, v column.Vector) {
	p.choose(v, k.ordinary && ordinaryCounts(v.Values))
	n := len(p.words)
	wordLen := blas.LaneLen(n)
	p.byWord = slices.Grow(p.byWord[:0], n*p.topicLen)[:n*p.topicLen]
	p.byTopic = slices.Grow(p.byTopic[:0], p.topics*wordLen)[:p.topics*wordLen]
	p.phi = slices.Grow(p.phi[:0], wordLen)[:wordLen]
	p.q = slices.Grow(p.q[:0], n)[:n]
	for i, at := range p.words {
		row := p.byWord[i*p.topicLen : (i+1)*p.topicLen]
		clear(row[copy(row, k.beta[at*k.topics:(at+1)*k.topics]):])
	}
	for j, topic := range p.order {
		row := p.byTopic[j*wordLen : (j+1)*wordLen]
		for i := range n {
			row[i] = p.byWord[i*p.topicLen+topic]
		}
		clear(row[n:])
	}
}

// choose sets words and counts to those that v stores, without zeros if they can be
// left out: 0*beta changes no sum of ordinary numbers.
func (p *packedWords) choose(v column.Vector, leaveOut bool) {
	p.words, p.counts = p.words[:0], p.counts[:0]
	for i, c := range v.Values {
		if c == 0 && leaveOut {
			continue
		}
		if !v.Dense {
			i = int(v.Indices[i])
		}
		p.words, p.counts = append(p.words, i), append(p.counts, c)
	}
}

// ordinaryCounts reports whether all counts are finite, and none below zero.
func ordinaryCounts(counts []float64) bool {
	for _, c := range counts {
		if !(c >= 0 && c <= math.MaxFloat64) {
			return false
		}
	}
	return true
}

// norm sets phi to beta*theta as dgemv does, kept above zero.
func (p *packedWords) norm(theta []float64) {
	for j, topic := range p.order {
		p.theta[j] = theta[topic]
	}
	blas.Chains(p.phi, p.byTopic, p.theta)
	for i := range p.phi {
		p.phi[i] += 1e-100
	}
}

// weights returns beta' times the counts over phi, as the transposed dgemv does.
func (p *packedWords) weights() []float64 {
	for i, c := range p.counts {
		p.q[i] = c / p.phi[i]
	}
	blas.Chains(p.w, p.byWord, p.q)
	return p.w
}
