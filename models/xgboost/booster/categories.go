package booster

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A dictionary holds the categories of a feature by code: texts or numbers, as the
// data frame had them from which the model was trained. Versions since 3.1 store it
// (src/data/cat_container.cc).
type dictionary struct {
	texts   []string
	numbers []float64
	cut     bool // the texts were cut in wrong places, and are not here
	doubted bool // they may have been
}

// inCats reads the categories of all features.
func (d *document) inCats(r reader, key string) error {
	if key != "enc" {
		return r.skip()
	}
	d.categories = d.categories[:0]
	return r.array(func(int) error {
		var c rawCategories
		if err := r.object(func(key string) error { return within(key, c.field(r, key)) }); err != nil {
			return err
		}
		dict, err := c.dictionary()
		if err != nil {
			return fmt.Errorf("feature %d: %w", len(d.categories), err)
		}
		d.categories = append(d.categories, dict)
		return nil
	})
}

// rawCategories are texts as bytes with offsets, or numbers.
type rawCategories struct {
	offsets []int32
	values  []float64
	isText  bool
}

func (c *rawCategories) field(r reader, key string) (err error) {
	switch key {
	case "offsets":
		c.isText = true
		c.offsets, err = r.ints(nil)
	case "values":
		c.values, err = r.doubles(nil)
	default:
		err = r.skip()
	}
	return err
}

func (c *rawCategories) dictionary() (dictionary, error) {
	if !c.isText {
		return dictionary{numbers: c.values}, nil
	}
	b := make([]byte, len(c.values))
	for i, x := range c.values {
		b[i] = byte(int64(x)) // the bytes are signed
	}
	var d dictionary
	for i := 1; i < len(c.offsets); i++ {
		from, to := c.offsets[i-1], c.offsets[i]
		if from < 0 || to < from || int(to) > len(b) {
			return d, errors.New("offsets of categories are not in order")
		}
		d.texts = append(d.texts, string(b[from:to]))
	}
	return d, nil
}

// dropCutNames drops the names that XGBoost's Python package cut in wrong places. From
// 3.1 to 3.3 it counts characters of the names in pandas, and cuts their bytes: of "é",
// "A" and "B" it makes two halves of "é", and "A" for "B". Where a half is left over,
// that is certain. Names that are not ASCII may have been cut between characters too.
func (d *document) dropCutNames() {
	for i := range d.categories {
		c := &d.categories[i]
		ascii := true
		for _, s := range c.texts {
			c.cut = c.cut || !utf8.ValidString(s)
			ascii = ascii && !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
		}
		if c.cut {
			c.texts = nil
		}
		c.doubted = !ascii && !c.cut && d.since(3, 1) && !d.since(3, 4)
	}
}

// NamesCut tells whether the file has names of a feature's categories that were cut in
// wrong places, so that [Booster.Codes] has none, and whether they may have been.
func (b *Booster) NamesCut(feature int) (cut, perhaps bool) {
	if feature >= len(b.categories) {
		return false, false
	}
	return b.categories[feature].cut, b.categories[feature].doubted
}

// Codes returns the codes of a feature's categories by their texts, or nil if the
// file does not hold them. Numbers have the text of [Category].
func (b *Booster) Codes(feature int) (codes map[string]float64, isText bool) {
	if feature >= len(b.categories) {
		return nil, false
	}
	c := b.categories[feature]
	if len(c.texts)+len(c.numbers) == 0 {
		return nil, false
	}
	codes = make(map[string]float64, len(c.texts)+len(c.numbers))
	for i, s := range c.texts {
		codes[s] = float64(i)
	}
	for i, x := range c.numbers {
		codes[Category(x)] = float64(i)
	}
	return codes, len(c.texts) > 0
}

// Category is the text of a category that is a number.
func Category(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return strconv.FormatInt(int64(x), 10)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
