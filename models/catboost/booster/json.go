package booster

import (
	"encoding/json"
	"fmt"
)

// The JSON of a model, as far as it is read.
type jsonModel struct {
	Info      map[string]json.RawMessage `json:"model_info"`
	Features  jsonFeatures               `json:"features_info"`
	Oblivious []jsonOblivious            `json:"oblivious_trees"`
	Trees     []*jsonNode                `json:"trees"`
	Stats     map[string]jsonStats       `json:"ctr_data"`
	Scale     []json.RawMessage          `json:"scale_and_bias"`
}

type jsonFeatures struct {
	Floats     []jsonFloat     `json:"float_features"`
	Cats       []jsonCat       `json:"categorical_features"`
	CTRs       []jsonCTR       `json:"ctrs"`
	Texts      []jsonPosition  `json:"text_features"`
	Embeddings []jsonPosition  `json:"embedding_features"`
	Estimated  json.RawMessage `json:"estimated_features"`
}

type jsonPosition struct {
	Index int32  `json:"feature_index"`
	Flat  int32  `json:"flat_feature_index"`
	ID    string `json:"feature_id"`
	Name  string `json:"feature_name"`
}

func (p *jsonPosition) position() position {
	if p.ID == "" {
		return position{p.Index, p.Flat, p.Name} // files before 0.20 have this one only
	}
	return position{p.Index, p.Flat, p.ID}
}

type jsonFloat struct {
	jsonPosition
	HasNaN  bool      `json:"has_nans"`
	Borders []float64 `json:"borders"`
	NaN     string    `json:"nan_value_treatment"`
}

type jsonCat struct {
	jsonPosition
	Values []int32 `json:"values"`
}

type jsonCTR struct {
	Kind     string        `json:"ctr_type"`
	Elements []jsonElement `json:"elements"`
	Border   int32         `json:"target_border_idx"`
	Prior    float64       `json:"prior_numerator"`
	PriorD   float64       `json:"prior_denomerator"` // spelt so in the files
	Shift    float64       `json:"shift"`
	Scale    float64       `json:"scale"`
	Borders  []float64     `json:"borders"`
}

// jsonElement is a feature of a combination.
type jsonElement struct {
	Kind   string  `json:"combination_element"`
	Cat    int32   `json:"cat_feature_index"`
	Float  int32   `json:"float_feature_index"`
	Border float64 `json:"border"`
	Value  int32   `json:"value"`
}

type jsonOblivious struct {
	Leaves  []float64   `json:"leaf_values"`
	Weights []float64   `json:"leaf_weights"`
	Splits  []jsonSplit `json:"splits"`
}

type jsonSplit struct {
	Number *int32 `json:"split_index"`
}

type jsonNode struct {
	Split  jsonSplit `json:"split"`
	Left   *jsonNode `json:"left"`
	Right  *jsonNode `json:"right"`
	Value  oneOrMore `json:"value"`
	Weight float64   `json:"weight"`
}

// oneOrMore is a number, or a list of numbers.
type oneOrMore []float64

func (v *oneOrMore) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]float64)(v))
	}
	*v = make(oneOrMore, 1)
	return json.Unmarshal(data, &(*v)[0])
}

// readJSON reads a model that save_model wrote with format="json".
func readJSON(data []byte) (*content, error) {
	var m jsonModel
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("the JSON of the model: %w", err)
	}
	if m.Oblivious == nil && m.Trees == nil {
		return nil, errForeign
	}
	c := &content{info: map[string]string{}, stats: map[string]*stats{}}
	for key, raw := range m.Info {
		text := string(raw)
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &text); err != nil {
				return nil, err
			}
		}
		c.info[key] = text
	}
	for _, step := range []func(*content) error{m.features, m.trees, m.bias, m.statistics, m.checkTargets} {
		if err := step(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

var nanModes = map[string]nanMode{"": nanAsIs, "AsIs": nanAsIs, "AsFalse": nanAsFalse, "AsTrue": nanAsTrue}

func (m *jsonModel) features(c *content) error {
	for i := range m.Features.Floats {
		f := &m.Features.Floats[i]
		nan, known := nanModes[f.NaN]
		if !known {
			return fmt.Errorf("nan_value_treatment is %.40q, want AsIs, AsFalse or AsTrue", f.NaN)
		}
		c.floats = append(c.floats, floatFeature{f.position(), f.HasNaN, nan, float32s(f.Borders)})
	}
	for i := range m.Features.Cats {
		f := &m.Features.Cats[i]
		c.cats = append(c.cats, catFeature{f.position(), true})
		if len(f.Values) > 0 {
			c.oneHot = append(c.oneHot, oneHot{f.Index, f.Values})
		}
	}
	for i := range m.Features.CTRs {
		f := &m.Features.CTRs[i]
		base, err := baseOf(f.Kind, f.Elements)
		if err != nil {
			return err
		}
		x := ctr{base, f.Border, float32(f.Prior), float32(f.PriorD), float32(f.Shift), float32(f.Scale)}
		c.ctrs = append(c.ctrs, ctrFeature{x, float32s(f.Borders)})
	}
	for kind, list := range map[string][]jsonPosition{"text": m.Features.Texts, "embedding": m.Features.Embeddings} {
		for i := range list {
			p := list[i].position()
			c.unread = append(c.unread, kind+" feature "+p.label())
		}
	}
	return nil
}

func float32s(in []float64) []float32 {
	out := make([]float32, len(in))
	for i, v := range in {
		out[i] = float32(v)
	}
	return out
}

func baseOf(kind string, elements []jsonElement) (b ctrBase, err error) {
	at := -1
	for i, name := range ctrTypeNames {
		if name == kind {
			at = i
		}
	}
	if at < 0 {
		return b, fmt.Errorf("statistics of categories of the kind %.60q are not known: want one of %v", kind, ctrTypeNames)
	}
	b.kind = ctrType(at)
	for _, e := range elements {
		switch e.Kind {
		case "cat_feature_value":
			b.cats = append(b.cats, e.Cat)
		case "float_feature":
			b.floats = append(b.floats, floatSplit{e.Float, float32(e.Border)})
		case "cat_feature_exact_value":
			b.oneHot = append(b.oneHot, oneHotSplit{e.Cat, e.Value})
		default:
			return b, fmt.Errorf("a combination has an element %.60q, want cat_feature_value, float_feature or cat_feature_exact_value", e.Kind)
		}
	}
	return b, nil
}

func (m *jsonModel) bias(c *content) (err error) {
	c.scale = 1
	if len(m.Scale) == 0 {
		return nil
	}
	var bias oneOrMore
	if len(m.Scale) != 2 {
		return fmt.Errorf("scale_and_bias has %d elements, want 2", len(m.Scale))
	}
	if err = json.Unmarshal(m.Scale[0], &c.scale); err == nil {
		err = json.Unmarshal(m.Scale[1], &bias)
	}
	if err != nil {
		return fmt.Errorf("scale_and_bias: %w", err)
	}
	c.bias = bias
	return nil
}
