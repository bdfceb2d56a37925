package booster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A dump is what dump_model of LightGBM makes: JSON in which trees are nested.

// isDump reports whether the beginning of a file may be a dump: it has a key that no
// other JSON has.
func isDump(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n\ufeff")
	if !bytes.HasPrefix(data, []byte("{")) {
		return false
	}
	// The first is near the beginning as LightGBM writes it, the second where keys were sorted.
	return bytes.Contains(data, []byte(`"num_tree_per_iteration"`)) || bytes.Contains(data, []byte(`"average_output"`))
}

// dumpHead is a dump without its trees.
type dumpHead struct {
	Name       *string             `json:"name"`
	Version    string              `json:"version"`
	Classes    int                 `json:"num_class"`
	PerRound   int                 `json:"num_tree_per_iteration"`
	MaxFeature int                 `json:"max_feature_idx"`
	Objective  *string             `json:"objective"`
	Average    *bool               `json:"average_output"`
	Names      []string            `json:"feature_names"`
	Infos      map[string]dumpInfo `json:"feature_infos"`
	Pandas     json.RawMessage     `json:"pandas_categorical"`
}

// dumpInfo is the range of a feature in the training data.
type dumpInfo struct {
	Min    float64 `json:"min_value"`
	Max    float64 `json:"max_value"`
	Values []int   `json:"values"`
}

// parseDump reads a model from its dump.
func parseDump(data []byte, lim Limits) (*file, error) {
	r := &dumpReader{d: json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))), lim: lim}
	r.words.Store(int64(8<<20 + len(data)/4))
	if err := r.read(); err != nil {
		return nil, err
	}
	if err := r.head.check(lim); err != nil {
		return nil, err
	}
	d := &r.head
	f := &file{header: header{version: d.Version, classes: d.Classes, perRound: d.PerRound, features: d.MaxFeature + 1, average: *d.Average, names: d.Names}, trees: r.trees}
	if d.Objective != nil {
		f.objective, f.hasObjective = *d.Objective, true
	}
	f.infos = d.infoTexts()
	var err error
	if len(d.Pandas) > 0 {
		f.pandas, err = parsePandas(d.Pandas)
	}
	if err != nil {
		return nil, err
	}
	return f, f.header.check()
}

func dumpError(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the JSON ends in the middle: the file is not complete")
	}
	if e := new(json.SyntaxError); errors.As(err, &e) {
		return fmt.Errorf("the JSON is broken after %d bytes: %w", e.Offset, err)
	}
	return fmt.Errorf("this is no dump of a LightGBM model that can be read: %w", err)
}

// check finds what is missing in a dump.
func (d *dumpHead) check(lim Limits) error {
	switch {
	case d.Name == nil || d.Names == nil:
		return errors.New("this JSON has no name or feature_names before its tree_info: it is no dump of a LightGBM model")
	case *d.Name != "tree":
		return fmt.Errorf("the name of the model is %s, want tree", quote([]byte(*d.Name)))
	case d.Average == nil:
		return errors.New("this dump says neither its objective nor whether outputs are averaged, since LightGBM before 2.2.3 wrote it: save the model as text (save_model)")
	case d.Classes < 1 || d.Classes > lim.outputs():
		return fmt.Errorf("num_class is %d, want a number from 1 to %d", d.Classes, lim.outputs())
	case d.MaxFeature < 0 || d.MaxFeature >= lim.features():
		return fmt.Errorf("max_feature_idx is %d, want a number from 0 to %d", d.MaxFeature, lim.features()-1)
	}
	return nil
}

// infoTexts returns the ranges as text models write them, as far as anything reads them.
func (d *dumpHead) infoTexts() []string {
	out := make([]string, len(d.Names))
	for i, name := range d.Names {
		info, used := d.Infos[name]
		switch {
		case !used:
			out[i] = "none"
		case len(info.Values) > 0:
			out[i] = joinInts(info.Values)
		default:
			out[i] = fmt.Sprintf("[%v:%v]", info.Min, info.Max)
		}
	}
	return out
}

func joinInts(values []int) string {
	var b bytes.Buffer
	for i, v := range values {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprint(&b, v)
	}
	return b.String()
}
