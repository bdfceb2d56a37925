package booster

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// linker turns a content into a booster.
type linker struct {
	*content
	b        *Booster
	floatAt  map[int32]int // position.index to features
	catAt    map[int32]int
	splitAt  []splitRange
	total    int32 // number of splits that may be named
	comboAt  map[string]int
	lookupAt map[lookup]int
	// rangeAt has the places in splitAt of floats, by position.index, and valued the
	// categories that splits compare with.
	rangeAt map[int32]int
	valued  map[oneHotSplit]bool
}

// splitRange is the splits of one column: numbers from first on.
type splitRange struct {
	first   int32
	column  int
	borders []float32
}

func link(c *content, lim Limits) (*Booster, error) {
	if len(c.unread) > 0 {
		return nil, fmt.Errorf("the model has %s: features of texts and embeddings are not read; train without them, or compute them before", strings.Join(c.unread, ", "))
	}
	l := &linker{
		content: c, b: &Booster{Oblivious: c.oblivious(), dims: c.dims, leaves: c.leaves, scale: c.scale, Info: c.info},
		floatAt: map[int32]int{}, catAt: map[int32]int{}, comboAt: map[string]int{}, lookupAt: map[lookup]int{},
		rangeAt: map[int32]int{}, valued: map[oneHotSplit]bool{},
	}
	for _, step := range []func(Limits) error{l.checkSizes, l.linkFeatures, l.linkColumns, l.linkTrees, l.linkBias, l.linkAnswer} {
		if err := step(lim); err != nil {
			return nil, err
		}
	}
	return l.b, l.b.finish()
}

func (l *linker) checkSizes(lim Limits) error {
	switch features := len(l.floats) + len(l.cats); {
	case len(l.sizes) == 0:
		return errors.New("the model has no trees, so CatBoost does not predict with it: train it for at least one iteration")
	case len(l.sizes) > lim.trees():
		return fmt.Errorf("the model has %d trees, which is more than %d", len(l.sizes), lim.trees())
	case features > lim.features():
		return fmt.Errorf("the model has %d features, which is more than %d", features, lim.features())
	case l.dims < 1 || l.dims > lim.outputs():
		return fmt.Errorf("the model has %d outputs, want 1 to %d", l.dims, lim.outputs())
	}
	return nil
}

// linkFeatures orders features of both types as the training had them.
func (l *linker) linkFeatures(Limits) error {
	type placed struct {
		position
		category bool
	}
	var all []placed
	for i := range l.floats {
		all = append(all, placed{l.floats[i].position, false})
	}
	for i := range l.cats {
		all = append(all, placed{l.cats[i].position, true})
	}
	slices.SortStableFunc(all, func(a, b placed) int { return int(a.flat) - int(b.flat) })
	for i, p := range all {
		if i > 0 && all[i-1].flat == p.flat || p.flat < 0 || p.index < 0 {
			return fmt.Errorf("feature %q has the place %d (%d of its type), which is not its own", p.label(), p.flat, p.index)
		}
		at := l.floatAt
		if p.category {
			at = l.catAt
		}
		if _, twice := at[p.index]; twice {
			return fmt.Errorf("two features are number %d of their type", p.index)
		}
		at[p.index] = i
		l.b.features = append(l.b.features, feature{name: p.label(), category: p.category})
	}
	return nil
}

// linkColumns numbers splits as the library does: floats, equalities, statistics.
func (l *linker) linkColumns(Limits) error {
	for i := range l.floats {
		if err := l.addFloat(&l.floats[i]); err != nil {
			return err
		}
	}
	for i := range l.oneHot {
		if err := l.addOneHot(&l.oneHot[i]); err != nil {
			return err
		}
	}
	for i := range l.ctrs {
		if err := l.addCTR(&l.ctrs[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *linker) addFloat(f *floatFeature) error {
	if f.nan > nanAsTrue {
		return fmt.Errorf("feature %q treats missing values in a way %d that is not known: want 0, 1 or 2", f.label(), f.nan)
	}
	if len(f.borders) == 0 {
		return nil // no tree uses it
	}
	nan := f.nan
	if !f.hasNaN {
		nan = nanAsIs
	}
	l.rangeAt[f.index] = len(l.splitAt)
	l.addRange(column{feature: l.floatAt[f.index], nan: nan}, f.borders)
	return nil
}

// maxValues is how many categories splits may be by; CatBoost trains with up to 255 of a
// feature.
const maxValues = 1 << 22

func (l *linker) addOneHot(o *oneHot) error {
	at, known := l.catAt[o.cat]
	if !known {
		return fmt.Errorf("a split is by the category %d, which the model has not", o.cat)
	}
	if len(l.valued)+len(o.values) > maxValues {
		return fmt.Errorf("splits are by more than %d categories", maxValues)
	}
	for _, v := range o.values {
		l.valued[oneHotSplit{o.cat, v}] = true
		l.addRange(column{kind: columnEqual, feature: at, value: float64(v)}, isOne)
	}
	return nil
}

// isOne is the border of columns that are 0 or 1.
var isOne = []float32{0.5}

// addRange numbers the splits of a new column.
func (l *linker) addRange(c column, borders []float32) {
	l.splitAt = append(l.splitAt, splitRange{l.total, len(l.b.columns), borders})
	l.b.columns = append(l.b.columns, c)
	l.total += int32(len(borders))
}

// split is the column and the border of a split.
func (l *linker) split(number int32) (column int32, border float64, err error) {
	if number < 0 || number >= l.total {
		return 0, 0, fmt.Errorf("a tree has the split %d, and the features have %d", number, l.total)
	}
	at, exact := slices.BinarySearchFunc(l.splitAt, number, func(r splitRange, n int32) int { return int(r.first) - int(n) })
	if !exact {
		at--
	}
	r := &l.splitAt[at]
	return int32(r.column), float64(r.borders[number-r.first]), nil
}

// linkBias checks scale and bias as CatBoost does.
func (l *linker) linkBias(Limits) error {
	bias := l.bias
	if len(bias) == 1 && l.dims > 1 && bias[0] == 0 || len(bias) == 0 {
		bias = make([]float64, l.dims)
	}
	if len(bias) != l.dims {
		return fmt.Errorf("the bias has %d numbers, want %d as the model has outputs", len(bias), l.dims)
	}
	for _, v := range append([]float64{l.scale}, bias...) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("scale %v or bias %v is no finite number", l.scale, bias)
		}
	}
	l.b.bias = bias
	return nil
}
