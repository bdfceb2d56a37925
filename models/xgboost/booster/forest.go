package booster

import (
	"errors"
	"fmt"
	"slices"

	"leapscore/ops/tree"
)

// plant makes the trees of the document those of b.
func (b *Booster) plant(d *document) error {
	if err := b.checkTrees(d); err != nil {
		return err
	}
	lists := make([][]tree.Node, len(d.plants))
	leaves := 0
	for i, p := range d.plants {
		lists[i] = p.nodes
		leaves += len(p.ids)
	}
	var err error
	if b.trees, err = tree.Build(lists); err != nil {
		return err
	}
	width := b.width(d)
	b.ids = make([]int32, 0, leaves)
	b.sum = tree.Sum[float32]{Values: make([]float32, 0, leaves*width), Dims: width}
	if width == 1 && b.Outputs > 1 {
		b.sum.Groups = d.info
	}
	b.covers = make([][]float32, 0, len(d.plants))
	for i, p := range d.plants {
		b.keepCovers(p)
		if d.booster == "dart" {
			b.plain, b.drop = append(b.plain, p.values), d.drop
		}
		b.ids = append(b.ids, p.ids...)
		for _, v := range p.values {
			if d.booster == "dart" { // the library adds the leaf to 0 before it weights it
				v = float32(0+v) * d.drop[i]
			}
			b.sum.Values = append(b.sum.Values, v)
		}
		d.plants[i] = nil // its memory may be needed
	}
	return nil
}

// keepCovers keeps the covers of a tree, in the order of tree.View.
func (b *Booster) keepCovers(p *plant) {
	if b.covers == nil {
		return
	}
	if p.covers == nil {
		b.covers = nil
		return
	}
	covers := make([]float32, 0, len(p.covers))
	for _, i := range tree.Order(p.nodes) {
		covers = append(covers, p.covers[i])
	}
	b.covers = append(b.covers, covers)
}

// width is how many values leaves have.
func (b *Booster) width(d *document) int {
	if len(d.plants) == 0 {
		return 1
	}
	return d.plants[0].width
}

func (b *Booster) checkTrees(d *document) error {
	n := len(d.plants)
	switch {
	case slices.Contains(d.plants, nil):
		return errors.New("the ids of the trees do not count up from 0")
	case len(d.info) != n:
		return fmt.Errorf("tree_info is that of %d trees, and there are %d", len(d.info), n)
	case d.booster == "dart" && len(d.drop) != n:
		return fmt.Errorf("weight_drop is that of %d trees, and there are %d", len(d.drop), n)
	}
	width := b.width(d)
	if width > 1 && (width != b.Outputs || d.booster == "dart") {
		return fmt.Errorf("leaves of a %s have %d values, and the model has %d outputs", d.booster, width, b.Outputs)
	}
	for i, p := range d.plants {
		switch {
		case p.width != width:
			return fmt.Errorf("leaves of tree %d have %d values, and those of tree 0 have %d", i, p.width, width)
		case int(p.feature) >= b.Features:
			return fmt.Errorf("tree %d splits by feature %d, and the model has %d", i, p.feature, b.Features)
		case d.info[i] < 0 || int(d.info[i]) >= b.Outputs:
			return fmt.Errorf("tree %d adds to output %d, and the model has %d", i, d.info[i], b.Outputs)
		}
	}
	return b.layers(d, n)
}

// layers finds the trees of each round. Versions before 2.0 do not write it
// (MakeIndptr of src/gbm/gbtree_model.cc).
func (b *Booster) layers(d *document, n int) error {
	b.rounds = d.rounds
	if len(b.rounds) == 0 {
		groups := int64(1)
		if n > 0 {
			groups = int64(slices.Max(d.info)) + 1
		}
		if d.parallel < 1 || d.parallel > int64(max(n, 1)) {
			return fmt.Errorf("num_parallel_tree is %d, and there are %d trees", d.parallel, n)
		}
		step := groups * d.parallel
		for at := int64(0); at <= int64(n); at += step {
			b.rounds = append(b.rounds, int32(at))
		}
	}
	if b.rounds[0] != 0 || int(b.rounds[len(b.rounds)-1]) != n || !slices.IsSorted(b.rounds) {
		return fmt.Errorf("the rounds begin at trees %.80s and do not cover the %d trees", fmt.Sprint(b.rounds), n)
	}
	return nil
}
