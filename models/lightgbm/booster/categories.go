package booster

import (
	"errors"
	"fmt"
	"math"
)

// Categories are those of a feature that was a categorical column of a pandas DataFrame.
// Trees see the place of a category in the list.
type Categories struct {
	// Text is set if they are texts, else they are numbers; booleans are 0 and 1.
	Text bool

	texts   map[string]float64
	numbers map[float64]float64
}

// Categories returns the categories of a feature, or nil if its values are numbers.
func (b *Booster) Categories(feature int) *Categories {
	if b.categories == nil {
		return nil
	}
	return b.categories[feature]
}

// Len is the number of categories.
func (c *Categories) Len() int { return len(c.texts) + len(c.numbers) }

// OfText returns the value that trees see for a text: NaN for one that the training had
// not.
func (c *Categories) OfText(s string) float64 {
	if code, ok := c.texts[s]; ok {
		return code
	}
	return math.NaN()
}

// OfNumber is OfText for numbers.
func (c *Categories) OfNumber(x float64) float64 {
	if code, ok := c.numbers[x]; ok {
		return code
	}
	return math.NaN()
}

// findCategories gives the features their categories.
func (b *Booster) findCategories(f *file) error {
	if len(f.pandas) == 0 {
		return nil
	}
	features, ok := f.pandas.place(f)
	if !ok {
		return b.withoutPlaces(f)
	}
	b.categories = make([]*Categories, f.features)
	for i, list := range f.pandas {
		c, ok := newCategories(list)
		if !ok {
			return fmt.Errorf("pandas_categorical: the categories of feature %s are texts and numbers; turn them into one kind and train again", quote([]byte(f.names[features[i]])))
		}
		b.categories[features[i]] = c
	}
	return nil
}

// withoutPlaces is for files that do not tell which features the lists belong to: codes
// can be scored, if no value can be taken for one.
func (b *Booster) withoutPlaces(f *file) error {
	if f.pandas.isNumeric() {
		return errors.New("pandas_categorical has categories that are numbers, and which features have them cannot be told: " +
			"train with categorical columns of texts, or with codes instead of them")
	}
	b.about.Warnings = append(b.about.Warnings, fmt.Sprintf("pandas_categorical has %d lists of categories, and which features have them cannot be told: "+
		"the columns must hold codes, the places in these lists", len(f.pandas)))
	return nil
}

// newCategories returns the categories of a list, unless they are of two kinds.
func newCategories(list []category) (*Categories, bool) {
	c := &Categories{texts: map[string]float64{}, numbers: map[float64]float64{}}
	for i, e := range list {
		if e.isText {
			c.texts[e.text] = float64(i)
			continue
		}
		c.numbers[e.number] = float64(i)
	}
	c.Text = len(c.texts) > 0
	return c, len(c.texts) == 0 || len(c.numbers) == 0
}
