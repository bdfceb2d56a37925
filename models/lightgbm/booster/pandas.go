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

func parsePandas(text []byte) (pandas, error) {
	var lists [][]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&lists); err != nil {
		return nil, fmt.Errorf("pandas_categorical is %s, want lists of categories: %w", quote(text), err)
	}
	if lists == nil {
		return nil, nil
	}
	out := make(pandas, len(lists))
	for i, list := range lists {
		out[i] = make([]category, len(list))
		for j, v := range list {
			c, err := newCategory(v)
			if err != nil {
				return nil, fmt.Errorf("pandas_categorical: list %d: category %d: %w", i, j, err)
			}
			out[i][j] = c
		}
	}
	return out, nil
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
