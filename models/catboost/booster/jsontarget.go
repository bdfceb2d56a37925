package booster

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// The statistics of categories may cut the target in several ways: one for each of
// several targets, or for each number of classes that the training asked for. The
// JSON of CatBoost keeps one table where there are several of a kind, and leaves out
// which one it is.

var errTarget = errors.New("the JSON does not hold all statistics of categories: CatBoost writes one of several that differ in how they cut the target; save the model as cbm")

// severalTargets are the losses with a target for each output.
var severalTargets = []string{"MultiRMSE", "MultiRMSEWithMissingValues", "MultiLogloss", "MultiCrossEntropy"}

type ctrParams struct {
	Type   string          `json:"ctr_type"`
	Target json.RawMessage `json:"target_binarization"`
}

// checkTargets refuses statistics that may not be all.
func (m *jsonModel) checkTargets(c *content) error {
	seen := map[string]bool{}
	ofTarget := false
	for i := range c.ctrs {
		x := &c.ctrs[i].ctr
		ofTarget = ofTarget || x.kind != ctrCounter && x.kind != ctrFeatureFreq
		key := fmt.Sprintf("%s %d %v %v %v %v", x.key(), x.border, x.prior, x.priorD, x.shift, x.scale)
		if seen[key] {
			return errTarget
		}
		seen[key] = true
	}
	var p struct {
		Loss loss `json:"loss_function"`
		Cat  struct {
			Simple     []ctrParams            `json:"simple_ctrs"`
			Combined   []ctrParams            `json:"combinations_ctrs"`
			PerFeature map[string][]ctrParams `json:"per_feature_ctrs"`
		} `json:"cat_feature_params"`
	}
	if text := c.info["params"]; ofTarget && text != "" {
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return fmt.Errorf("params in the information of the model: %w", err)
		}
	}
	lists := [][]ctrParams{p.Cat.Simple, p.Cat.Combined}
	for _, l := range p.Cat.PerFeature {
		lists = append(lists, l)
	}
	if ofTarget && (slices.Contains(severalTargets, p.Loss.Type) || slices.ContainsFunc(lists, severalCuts)) {
		return errTarget
	}
	return nil
}

// severalCuts reports whether two statistics of one kind cut the target differently.
func severalCuts(list []ctrParams) bool {
	cuts := map[string]string{}
	for _, p := range list {
		if before, is := cuts[p.Type]; is && before != string(p.Target) {
			return true
		}
		cuts[p.Type] = string(p.Target)
	}
	return false
}
