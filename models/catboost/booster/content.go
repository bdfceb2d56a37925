package booster

import "strconv"

// content is a model as its file describes it, the same for both formats.
type content struct {
	dims   int
	floats []floatFeature
	cats   []catFeature
	oneHot []oneHot
	ctrs   []ctrFeature
	// unread are the features of kinds that are not read: "text feature review".
	unread []string

	// splits are the numbers of the splits: of each oblivious tree one a level; of
	// another tree one a node.
	splits []int32
	sizes  []int32 // how many of splits each tree has
	starts []int32
	// steps and leafOf belong to the nodes of trees that are not oblivious.
	steps   []step
	leafOf  []uint32 // where the values of a node's leaf begin
	leaves  []float64
	weights []float64 // rows of the training below each leaf; may be missing

	scale float64
	bias  []float64
	info  map[string]string // texts; the parameters among them are JSON
	stats map[string]*stats // by ctrBase.key
}

// nanMode is what a missing value of a feature is compared as.
type nanMode byte

const (
	nanAsIs    nanMode = iota // NaN, which is greater than no border
	nanAsFalse                // -Inf
	nanAsTrue                 // +Inf
)

// position places a feature among those of its type, and among all (flat).
type position struct {
	index, flat int32
	name        string
}

func (p *position) label() string {
	if p.name != "" {
		return p.name
	}
	return strconv.Itoa(int(p.flat))
}

type floatFeature struct {
	position
	hasNaN  bool
	nan     nanMode
	borders []float32
}

type catFeature struct {
	position
	used bool
}

// oneHot are the categories of a feature that splits compare with, as hashes.
type oneHot struct {
	cat    int32
	values []int32
}

// ctrFeature is a column of the trees that is computed from categories.
type ctrFeature struct {
	ctr     ctr
	borders []float32
}

// step says how many nodes ahead the children are. 0 is no child: a row that would go
// there ends at the node, in the node's leaf.
type step struct{ left, right uint16 }

// ctrType says which statistic of the target a table of categories holds.
type ctrType byte

const (
	ctrBorders ctrType = iota
	ctrBuckets
	ctrBinarizedMean
	ctrFloatMean
	ctrCounter
	ctrFeatureFreq
)

var ctrTypeNames = []string{"Borders", "Buckets", "BinarizedTargetMeanValue", "FloatTargetMeanValue", "Counter", "FeatureFreq"}

// combination is a set of features whose values together are one category.
type combination struct {
	cats   []int32
	floats []floatSplit
	oneHot []oneHotSplit
}

type floatSplit struct {
	index  int32
	border float32
}

type oneHotSplit struct{ cat, value int32 }

// ctrBase names a table of statistics.
type ctrBase struct {
	combination
	kind       ctrType
	classifier int32 // which way of cutting the target into classes
}

// ctr computes a number of a row of a table of statistics.
type ctr struct {
	ctrBase
	border                      int32 // the class, or the border between classes
	prior, priorD, shift, scale float32
}

// key is equal for equal bases.
func (b *ctrBase) key() string {
	out := []byte{byte(b.kind)}
	out = strconv.AppendInt(out, int64(b.classifier), 10)
	for _, c := range b.cats {
		out = strconv.AppendInt(append(out, 'c'), int64(c), 10)
	}
	for _, s := range b.floats {
		out = strconv.AppendInt(append(out, 'f'), int64(s.index), 10)
		// + 0 makes -0 and 0 the same, as comparing them does.
		out = strconv.AppendFloat(append(out, ':'), float64(s.border+0), 'g', -1, 32)
	}
	for _, s := range b.oneHot {
		out = strconv.AppendInt(append(out, 'o'), int64(s.cat), 10)
		out = strconv.AppendInt(append(out, ':'), int64(s.value), 10)
	}
	return string(out)
}

// oblivious reports whether all nodes of a level have the same split.
func (c *content) oblivious() bool { return len(c.steps) == 0 }
