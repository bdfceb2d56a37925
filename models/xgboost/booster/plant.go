package booster

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"leapscore/ops/tree"
)

// A plant is a tree as the kernels take it: nodes in an order in which children
// come behind their parent, without those that pruning deleted.
type plant struct {
	nodes   []tree.Node
	ids     []int32   // of leaves, in the order of the nodes: their numbers in the file
	values  []float32 // of leaves; vectors of a leaf follow each other
	covers  []float32 // of nodes: the sum of hessians
	width   int       // of leaves
	feature int32     // the greatest that a node splits by
}

// A sapling is a tree as JSON and UBJ hold it.
type sapling struct {
	id, numNodes, leafVector                    int64
	left, right, feature, defaultLeft           []int32
	condition, cover, weights, leafWeights      []float32
	kind, cats, catNodes, catStarts, catLengths []int32

	room *atomic.Int64 // words that sets of categories may still take
}

// saplings are kept for their memory.
var saplings = sync.Pool{New: func() any { return new(sapling) }}

// maxSetWords is how many words of 64 bits the sets of categories of a model may
// take: a few bytes of a file can ask for a set of two million.
const maxSetWords = 1 << 26

// grow reads a tree, and its id, or -1.
func grow(r reader, room *atomic.Int64) (*plant, int64, error) {
	s := saplings.Get().(*sapling)
	defer saplings.Put(s)
	s.reset()
	s.room = room
	if err := r.object(func(key string) error { return within(key, s.field(r, key)) }); err != nil {
		return nil, 0, err
	}
	p, err := s.plant()
	if err != nil {
		return nil, 0, fmt.Errorf("tree %d: %w", s.id, err)
	}
	return p, s.id, nil
}

func (s *sapling) reset() {
	*s = sapling{
		id: -1, numNodes: -1, leafVector: 1,
		left: s.left[:0], right: s.right[:0], feature: s.feature[:0], defaultLeft: s.defaultLeft[:0],
		condition: s.condition[:0], cover: s.cover[:0], weights: s.weights[:0], leafWeights: s.leafWeights[:0],
		kind: s.kind[:0], cats: s.cats[:0], catNodes: s.catNodes[:0], catStarts: s.catStarts[:0], catLengths: s.catLengths[:0],
	}
}

func (s *sapling) field(r reader, key string) (err error) {
	ints := func(dst *[]int32) { *dst, err = r.ints((*dst)[:0]) }
	floats := func(dst *[]float32) { *dst, err = r.floats((*dst)[:0]) }
	switch key {
	case "id":
		s.id, err = r.whole()
	case "left_children":
		ints(&s.left)
	case "right_children":
		ints(&s.right)
	case "split_indices":
		ints(&s.feature)
	case "default_left":
		ints(&s.defaultLeft)
	case "split_conditions":
		floats(&s.condition)
	case "sum_hessian":
		floats(&s.cover)
	case "base_weights":
		floats(&s.weights) // of vector leaves before 3.2; of others nothing that predicts
	case "leaf_weights":
		floats(&s.leafWeights)
	case "split_type":
		ints(&s.kind)
	case "categories":
		ints(&s.cats)
	case "categories_nodes":
		ints(&s.catNodes)
	case "categories_segments":
		ints(&s.catStarts)
	case "categories_sizes":
		ints(&s.catLengths)
	case "tree_param":
		err = r.object(func(key string) error { return s.param(r, key) })
	default:
		err = r.skip()
	}
	return err
}

func (s *sapling) param(r reader, key string) (err error) {
	switch key {
	case "num_nodes":
		s.numNodes, err = r.whole()
	case "size_leaf_vector":
		s.leafVector, err = r.whole()
	default:
		err = r.skip()
	}
	return err
}

// check looks whether the arrays belong to one tree.
func (s *sapling) check() error {
	n := len(s.left)
	if n == 0 {
		return errors.New("it has no nodes")
	}
	for _, a := range []struct {
		name string
		n    int
		must bool
	}{
		{"right_children", len(s.right), true}, {"split_indices", len(s.feature), true}, {"split_conditions", len(s.condition), true},
		{"default_left", len(s.defaultLeft), true}, {"split_type", len(s.kind), false}, {"sum_hessian", len(s.cover), false},
		{"tree_param.num_nodes", int(s.numNodes), s.numNodes >= 0},
	} {
		if a.n != n && (a.must || a.n > 0) {
			return fmt.Errorf("%s is that of %d nodes, and left_children that of %d", a.name, a.n, n)
		}
	}
	if len(s.catStarts) != len(s.catNodes) || len(s.catLengths) != len(s.catNodes) {
		return errors.New("categories_nodes, categories_segments and categories_sizes differ in length")
	}
	return nil
}

func (s *sapling) plant() (*plant, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	order, err := walk(s.left, s.right)
	if err != nil {
		return nil, err
	}
	width := int(max(s.leafVector, 1))
	p := &plant{nodes: make([]tree.Node, len(order)), width: width, feature: -1}
	leaves := (len(order) + 1) / 2
	p.ids, p.values = make([]int32, 0, leaves), make([]float32, 0, leaves)
	if len(s.cover) > 0 {
		p.covers = make([]float32, len(order))
	}
	next := int32(1) // the children of a node are the next two of the order
	for i, id := range order {
		if p.covers != nil {
			p.covers[i] = s.cover[id]
		}
		if s.left[id] < 0 {
			p.nodes[i] = tree.Node{Left: -1, Right: -1}
			p.ids = append(p.ids, id)
			if p.values, err = s.leaf(p.values, id, width); err != nil {
				return nil, err
			}
			continue
		}
		p.nodes[i] = s.split(id, next)
		p.feature = max(p.feature, s.feature[id])
		next += 2
	}
	return p, s.categorical(p, order)
}

// leaf appends what a leaf adds: its value, or its vector.
func (s *sapling) leaf(dst []float32, id int32, width int) ([]float32, error) {
	if width == 1 {
		return append(dst, s.condition[id]), nil
	}
	from, at := s.weights, int(id) // before 3.2 all nodes have vectors
	if len(s.leafWeights) > 0 {
		from, at = s.leafWeights, int(s.right[id]) // which numbers the leaves
	}
	if at < 0 || len(from)/width <= at {
		return dst, fmt.Errorf("leaf %d has no vector of %d values", id, width)
	}
	return append(dst, from[at*width:at*width+width]...), nil
}

func (s *sapling) split(id, next int32) tree.Node {
	n := tree.Node{Left: next, Right: next + 1, Feature: s.feature[id], Threshold: below(s.condition[id])}
	if s.defaultLeft[id] != 0 {
		n.Missing = tree.MissingLeft
	}
	return n
}

// below is the greatest float less than x: what is at most that is less than x.
func below(x float32) float64 {
	return float64(math.Nextafter32(x, float32(math.Inf(-1))))
}

// maxCategory is the least number that is no category (src/common/categorical.h).
const maxCategory = 1 << 24

// categorical gives the nodes that split by category their sets.
func (s *sapling) categorical(p *plant, order []int32) error {
	if len(s.catNodes) == 0 {
		if slices.Contains(s.kind, 1) {
			return errors.New("a node splits by category and has no categories")
		}
		return nil
	}
	sets := make(map[int32][]uint64, len(s.catNodes))
	for i, id := range s.catNodes {
		from, n := int(s.catStarts[i]), int(s.catLengths[i])
		if from < 0 || n < 1 || from > len(s.cats) || n > len(s.cats)-from {
			return fmt.Errorf("the categories of node %d are not among the %d of the tree", id, len(s.cats))
		}
		set, err := s.bits(s.cats[from : from+n])
		if err != nil {
			return fmt.Errorf("node %d: %w", id, err)
		}
		sets[id] = set
	}
	for i, id := range order {
		if s.left[id] < 0 || len(s.kind) == 0 || s.kind[id] != 1 {
			continue
		}
		set, ok := sets[id]
		if !ok {
			return fmt.Errorf("node %d splits by category and has no categories", id)
		}
		p.nodes[i].Categories = set
	}
	return nil
}

// bits makes a set of categories.
func (s *sapling) bits(categories []int32) ([]uint64, error) {
	most := slices.Max(categories)
	if least := slices.Min(categories); least < 0 || most >= maxCategory {
		return nil, fmt.Errorf("categories go from %d to %d, want 0 to %d", least, most, maxCategory-1)
	}
	if s.room.Add(-int64(most/64+1)) < 0 {
		return nil, fmt.Errorf("the sets of categories of all nodes take more than %d MB", maxSetWords>>17)
	}
	set := make([]uint64, most/64+1)
	for _, c := range categories {
		set[c/64] |= 1 << (c % 64)
	}
	return set, nil
}

// walk returns the nodes of a tree level by level from node 0.
func walk(left, right []int32) ([]int32, error) {
	order := make([]int32, 1, len(left))
	seen := make([]bool, len(left))
	seen[0] = true
	for i := 0; i < len(order); i++ {
		id := order[i]
		if left[id] < 0 {
			continue
		}
		for _, child := range [2]int32{left[id], right[id]} {
			if child < 0 || int(child) >= len(left) {
				return nil, fmt.Errorf("node %d has the child %d, and the tree %d nodes", id, child, len(left))
			}
			if seen[child] {
				return nil, fmt.Errorf("node %d is below two nodes, or below itself", child)
			}
			seen[child] = true
			order = append(order, child)
		}
	}
	return order, nil
}
