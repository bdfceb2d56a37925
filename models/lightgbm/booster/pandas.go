package booster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// pandas has the categories of each categorical column of the DataFrame that the model
// was trained with, in the order of the columns. A category stands for its place.
type pandas [][]category

// category is a text, number or boolean. Files do not tell apart more types.
type category struct {
	text   string
	number float64
	isText bool
}

const pandasKey = "pandas_categorical:"

// findPandas reads the line that the Python package writes at the end of a text model.
func findPandas(data []byte) (pandas, error) {
	i := bytes.LastIndex(data, []byte("\n"+pandasKey))
	if i < 0 {
		return nil, nil
	}
	line, _ := cutLine(data[i+1:])
	return parsePandas(line[len(pandasKey):])
}

// parsePandas reads null, or a list of lists of categories.
func parsePandas(text []byte) (pandas, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	bad := func(err error) error {
		return fmt.Errorf("pandas_categorical is %s, want lists of categories: %w", quote(text), err)
	}
	switch first, err := d.Token(); {
	case err != nil:
		return nil, bad(err)
	case first == nil:
		return nil, nil
	case first != json.Delim('['):
		return nil, bad(errors.New("no list"))
	}
	out, room := pandas{}, maxCategories
	for d.More() {
		list, err := readCategories(d, &room)
		if err != nil {
			return nil, bad(fmt.Errorf("list %d: %w", len(out), err))
		}
		out = append(out, list)
	}
	if _, err := d.Token(); err != nil {
		return nil, bad(err)
	}
	return out, nil
}

// readCategories reads a list of no more categories than there is room for.
func readCategories(d *json.Decoder, room *int) (list []category, err error) {
	if first, err := d.Token(); err != nil || first != json.Delim('[') {
		return nil, errors.New("no list")
	}
	for *room--; d.More(); *room-- {
		if *room < 0 {
			return nil, fmt.Errorf("more than %d categories", maxCategories)
		}
		v, err := d.Token()
		if err != nil {
			return nil, err
		}
		c, err := newCategory(v)
		if err != nil {
			return nil, fmt.Errorf("category %d: %w", len(list), err)
		}
		list = append(list, c)
	}
	_, err = d.Token()
	return list, err
}

func newCategory(v any) (category, error) {
	switch v := v.(type) {
	case string:
		return category{text: v, isText: true}, nil
	case bool:
		if v {
			return category{number: 1}, nil
		}
		return category{}, nil
	case json.Number:
		x, err := v.Float64()
		return category{number: x}, err
	}
	return category{}, errors.New("want a text, a number or a boolean")
}
