package booster

import (
	"errors"
	"fmt"
	"slices"
)

// columnKind says how a column comes from features.
type columnKind byte

const (
	columnFloat columnKind = iota // the feature as float32, missing values replaced
	columnEqual                   // 1 if the category is value, else 0
	columnCTR                     // a statistic
)

// column is what trees compare with borders.
type column struct {
	kind    columnKind
	nan     nanMode
	feature int
	value   float64

	// Of a statistic: what it is, and the numbers by the row of the table, if there are few.
	ctr     *ctr
	stats   *stats
	lookup  int
	known   []float32
	unknown float64
}

// lookup finds the rows of a table for a combination. Columns share it.
type lookup struct {
	stats *stats
	combo int
}

// combo is a combination of features, linked. Floats in it are compared with a border.
type combo struct {
	cats   []int // features
	floats []above
	equal  []equal
}

type above struct {
	column int
	border float64
}

type equal struct {
	feature int
	value   float64
}

func (l *linker) addCTR(f *ctrFeature) error {
	c := &f.ctr
	if int(c.kind) >= len(ctrTypeNames) {
		return fmt.Errorf("statistics of categories of kind %d are not known: want 0 to %d", c.kind, len(ctrTypeNames)-1)
	}
	s := l.stats[c.key()]
	if s == nil {
		return fmt.Errorf("the file lacks the statistics (%s) of the categories that a tree needs: save the model again, with its data (save_model(..., pool=...) for JSON)", ctrTypeNames[c.kind])
	}
	if top := s.width(c.kind); c.border < 0 || int(c.border) >= top {
		return fmt.Errorf("a split is by the class %d of a target of %d classes", c.border, top)
	}
	at, err := l.addCombo(&c.combination)
	if err != nil || len(f.borders) == 0 {
		return err
	}
	x := column{kind: columnCTR, ctr: c, stats: s, lookup: l.addLookup(lookup{s, at})}
	x.prepare()
	l.addRange(x, f.borders)
	return nil
}

func (l *linker) addLookup(x lookup) int {
	at, known := l.lookupAt[x]
	if !known {
		at = len(l.b.lookups)
		l.lookupAt[x] = at
		l.b.lookups = append(l.b.lookups, x)
	}
	return at
}

var errCombo = errors.New("statistics of categories are by a feature, a border or a category that the model has not")

func (l *linker) addCombo(c *combination) (int, error) {
	base := ctrBase{combination: *c}
	key := base.key()
	if at, known := l.comboAt[key]; known {
		return at, nil
	}
	var out combo
	for _, x := range c.cats {
		at, known := l.catAt[x]
		if !known {
			return 0, errCombo
		}
		out.cats = append(out.cats, at)
	}
	for _, x := range c.floats {
		at, known := l.rangeAt[x.index]
		if !known {
			return 0, errCombo
		}
		r := &l.splitAt[at]
		if _, has := slices.BinarySearch(r.borders, x.border); !has {
			return 0, errCombo
		}
		out.floats = append(out.floats, above{r.column, float64(x.border)})
	}
	for _, x := range c.oneHot {
		at, known := l.catAt[x.cat]
		if !known || !l.valued[x] {
			return 0, errCombo
		}
		out.equal = append(out.equal, equal{at, float64(x.value)})
	}
	l.b.combos = append(l.b.combos, out)
	l.comboAt[key] = len(l.b.combos) - 1
	return len(l.b.combos) - 1, nil
}

// markUsed finds the columns that trees compare with, and the features behind them. It
// returns how many columns there are.
func (b *Booster) markUsed() (columns int) {
	b.used = make([]bool, len(b.columns))
	features := make([]feature, len(b.features))
	for i, f := range b.features {
		f.used = false
		features[i] = f
	}
	b.features = features
	for _, t := range b.trees {
		for _, n := range b.path[t.path:][:t.depth] {
			if b.Oblivious || n.left >= 0 || n.right >= 0 {
				b.use(int(n.column))
			}
		}
	}
	for _, used := range b.used {
		if used {
			columns++
		}
	}
	return columns
}

func (b *Booster) use(at int) {
	if b.used[at] {
		return
	}
	b.used[at] = true
	c := &b.columns[at]
	if c.kind != columnCTR {
		b.features[c.feature].used = true
		return
	}
	x := &b.combos[b.lookups[c.lookup].combo]
	for _, f := range x.cats {
		b.features[f].used = true
	}
	for _, f := range x.equal {
		b.features[f.feature].used = true
	}
	for _, f := range x.floats {
		b.use(f.column)
	}
}
