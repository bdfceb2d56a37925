package booster

import (
	"encoding/json"
	"errors"
	"sync/atomic"
)

// dumpReader reads a dump key by key, so that a dump that is no model is refused before all
// of it is in memory.
type dumpReader struct {
	d     *json.Decoder
	lim   Limits
	head  dumpHead
	trees []*treeData
	words atomic.Int64 // of sets of categories that may still be made
}

// read reads the whole object. Trees are read when what stands before them is known.
func (r *dumpReader) read() error {
	if first, err := r.d.Token(); err != nil || first != json.Delim('{') {
		return dumpError(errors.Join(err, errors.New("no object")))
	}
	sawTrees := false
	for r.d.More() {
		key, err := r.d.Token()
		if err != nil {
			return dumpError(err)
		}
		to := r.head.field(key)
		if key == "tree_info" {
			sawTrees = true
			err = r.readTrees()
		} else {
			err = dumpError(r.d.Decode(to))
		}
		if err != nil {
			return err
		}
	}
	if _, err := r.d.Token(); err != nil {
		return dumpError(err)
	}
	if !sawTrees {
		return errors.New("this JSON has no tree_info: it is no dump of a LightGBM model")
	}
	return nil
}

// field is where the value of a key goes.
func (d *dumpHead) field(key json.Token) any {
	switch key {
	case "name":
		return &d.Name
	case "version":
		return &d.Version
	case "num_class":
		return &d.Classes
	case "num_tree_per_iteration":
		return &d.PerRound
	case "max_feature_idx":
		return &d.MaxFeature
	case "objective":
		return &d.Objective
	case "average_output":
		return &d.Average
	case "feature_names":
		return &d.Names
	case "feature_infos":
		return &d.Infos
	case "pandas_categorical":
		return &d.Pandas
	}
	return new(json.RawMessage)
}

// readTrees reads the list of trees, some at a time on all processors.
func (r *dumpReader) readTrees() error {
	if err := r.head.check(r.lim); err != nil {
		return err
	}
	if first, err := r.d.Token(); err != nil || first != json.Delim('[') {
		return dumpError(errors.Join(err, errors.New("tree_info is no list")))
	}
	for r.d.More() {
		const atOnce = 256
		var texts []json.RawMessage
		for len(texts) < atOnce && r.d.More() {
			var text json.RawMessage
			if err := r.d.Decode(&text); err != nil {
				return dumpError(err)
			}
			texts = append(texts, text)
		}
		trees, err := parallel(len(r.trees), len(texts), func(i int) (*treeData, error) {
			t := dumpTreeReader{dumpReader: r}
			return t.tree(texts[i])
		})
		if err != nil {
			return err
		}
		r.trees = append(r.trees, trees...)
		if err := checkTreeCount(len(r.trees), r.lim); err != nil {
			return err
		}
	}
	_, err := r.d.Token()
	return dumpError(err)
}
