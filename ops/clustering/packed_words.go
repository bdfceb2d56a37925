package clustering

import (
	"slices"

	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// packedWords are the rows of the model's beta for the words of one document, packed
// for both products of a step: one lane for each topic, and one for each word.
type packedWords struct {
	topics, count    int
	topicLen         int       // topics, rounded up to whole vectors
	wordLen          int       // count, rounded up to whole vectors
	byWord, byTopic  []float64 // topicLen values for each word; wordLen values for each topic
	order            []int     // of the topics in byTopic
	phi, q, w, theta []float64
}

func (p *packedWords) init(topics int) {
	p.topics, p.topicLen = topics, blas.LaneLen(topics)
	p.order = blas.FoursOrder(topics)
	p.w, p.theta = make([]float64, p.topicLen), make([]float64, topics)
}

// pack takes up the words that v stores.
func (p *packedWords) pack(k *ldaLocalModelOp, v column.Vector) {
	p.count = len(v.Values)
	p.wordLen = blas.LaneLen(p.count)
	p.byWord = slices.Grow(p.byWord[:0], p.count*p.topicLen)[:p.count*p.topicLen]
	p.byTopic = slices.Grow(p.byTopic[:0], p.topics*p.wordLen)[:p.topics*p.wordLen]
	p.phi = slices.Grow(p.phi[:0], p.wordLen)[:p.wordLen]
	p.q = slices.Grow(p.q[:0], p.count)[:p.count]
	clear(p.byWord)
	for i := range p.count {
		at := i
		if !v.Dense {
			at = int(v.Indices[i])
		}
		copy(p.byWord[i*p.topicLen:], k.beta[at*k.topics:(at+1)*k.topics])
	}
	for j, topic := range p.order {
		row := p.byTopic[j*p.wordLen : (j+1)*p.wordLen]
		for i := range p.count {
			row[i] = p.byWord[i*p.topicLen+topic]
		}
		clear(row[p.count:])
	}
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
func (p *packedWords) weights(counts []float64) []float64 {
	for i, c := range counts {
		p.q[i] = c / p.phi[i]
	}
	blas.Chains(p.w, p.byWord, p.q)
	return p.w
}
