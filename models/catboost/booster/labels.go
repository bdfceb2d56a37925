package booster

import (
	"encoding/json"
	"fmt"
	"strconv"

	"leapscore/internal/libm"
)

// Labels are the classes of a classifier, in the order of its outputs.
type Labels struct {
	Type  string // Integer, Float, String or Boolean; "" if there are none
	Texts []string
}

// classParams is class_params of the information in a file.
type classParams struct {
	Count   int               `json:"classes_count"`
	Names   []json.RawMessage `json:"class_names"`
	ToLabel []float64         `json:"class_to_label"`
	Type    string            `json:"class_label_type"`
}

// params is what of the parameters of the training bears on answers.
type params struct {
	Loss loss `json:"loss_function"`
	Data struct {
		Names []json.RawMessage `json:"class_names"`
	} `json:"data_processing_options"`
}

type loss struct {
	Type string `json:"type"`
}

// answers are the losses whose final answers are not raw.
var answers = map[string]answer{
	"Logloss": answerBinary, "CrossEntropy": answerBinary, "Focal": answerBinary,
	"MultiClass": answerSoftmax, "MultiClassOneVsAll": answerSigmoid,
	"MultiLogloss": answerSigmoid, "MultiCrossEntropy": answerSigmoid,
	"Poisson": answerExponent, "Tweedie": answerExponent, "RMSEWithUncertainty": answerUncertainty,
}

func (l *linker) linkAnswer(Limits) error {
	b := l.b
	var p params
	if err := l.decode("loss_function", &p.Loss); err != nil {
		return err
	}
	if err := l.decode("params", &p); err != nil {
		return err
	}
	b.Objective = p.Loss.Type
	b.answer, b.outputs = answers[b.Objective], l.dims
	if width := map[answer]int{answerBinary: 1, answerExponent: 1, answerUncertainty: 2}[b.answer]; width > 0 && width != l.dims {
		return fmt.Errorf("the model has %d outputs, want %d with the loss %s", l.dims, width, b.Objective)
	}
	c, has, err := l.classParams()
	if err != nil {
		return err
	}
	if l.dims > 1 && has {
		if err := l.linkClasses(&c); err != nil {
			return err
		}
	}
	return l.linkLabels(&c, has, &p)
}

// decode reads a piece of the information that is JSON.
func (l *linker) decode(key string, to any) error {
	text := l.info[key]
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), to); err != nil {
		return fmt.Errorf("%s in the information of the model: %w", key, err)
	}
	return nil
}

func (l *linker) classParams() (c classParams, has bool, err error) {
	for _, key := range []string{"class_params", "multiclass_params"} {
		if l.info[key] != "" {
			return c, true, l.decode(key, &c)
		}
	}
	return c, false, nil
}

// linkClasses finds the output of each class that the training met.
func (l *linker) linkClasses(c *classParams) error {
	named := max(c.Count, len(c.Names))
	if named == 0 {
		return nil // the classes are those of the training, in its order
	}
	if named > maxClasses {
		return fmt.Errorf("class_params name %d classes, which is more than %d", named, maxClasses)
	}
	if len(c.ToLabel) != l.dims {
		return fmt.Errorf("class_params name %d classes of the training, want %d", len(c.ToLabel), l.dims)
	}
	l.b.outputs = named
	l.b.external = make([]int, l.dims)
	for i, at := range c.ToLabel {
		if at < 0 || at >= float64(named) {
			return fmt.Errorf("class_params give class %d the place %v, want less than %d", i, at, named)
		}
		l.b.external[i] = int(at)
	}
	return nil
}

// linkLabels finds the labels where CatBoost looks for them, in its order.
func (l *linker) linkLabels(c *classParams, has bool, p *params) error {
	b := l.b
	if c.Count > maxClasses {
		return fmt.Errorf("class_params name %d classes, which is more than %d", c.Count, maxClasses)
	}
	// Where the threshold is missing or no number, CatBoost takes 0.5.
	if p, err := strconv.ParseFloat(l.info["binclass_probability_threshold"], 64); err == nil && p > 0 && p < 1 {
		b.border = -libm.Log(1/p - 1)
	}
	switch {
	case has && len(c.Names) > 0:
		b.Labels.Type = c.Type
		return b.name(c.Names)
	case has && c.Count > 0:
		b.number(c.Count, nil)
	case has && len(c.ToLabel) > 0:
		b.number(len(c.ToLabel), c.ToLabel)
	case len(p.Data.Names) > 0:
		return b.name(p.Data.Names)
	case b.answer == answerBinary || b.answer == answerSoftmax || b.answer == answerSigmoid:
		b.number(max(2, l.dims), nil)
	}
	return nil
}

func (b *Booster) number(n int, labels []float64) {
	b.Labels.Type = "Integer"
	for i := range n {
		v := i
		if labels != nil {
			v = int(labels[i])
		}
		b.Labels.Texts = append(b.Labels.Texts, strconv.Itoa(v))
	}
}

// name takes labels that are JSON: all strings, or numbers, or booleans.
func (b *Booster) name(labels []json.RawMessage) error {
	for _, raw := range labels {
		kind, text := "Integer", string(raw)
		switch raw[0] {
		case '"':
			kind = "String"
			if err := json.Unmarshal(raw, &text); err != nil {
				return err
			}
		case 't', 'f':
			kind = "Boolean"
		default:
			if _, err := strconv.ParseInt(text, 10, 64); err == nil {
				break
			}
			if _, err := strconv.ParseFloat(text, 64); err != nil {
				return fmt.Errorf("a class is called %.40s, want a text, a number or a boolean", text)
			}
			kind = "Float"
		}
		if b.Labels.Type == "" || b.Labels.Type == "Integer" && kind == "Float" || kind == "String" {
			b.Labels.Type = kind // files before 0.20 have no class_label_type
		}
		b.Labels.Texts = append(b.Labels.Texts, text)
	}
	return nil
}
