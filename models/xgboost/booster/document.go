package booster

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// A document is what a file of any form holds, before it is checked as a whole.
type document struct {
	form       string
	version    version
	objective  string
	params     map[string]string // of the objective
	booster    string
	baseScore  string  // in JSON and UBJ
	baseFloat  float32 // in the binary form
	estimated  bool    // the training sets baseScore, and not the user
	attributes map[string]string

	numFeature, numClass, numTarget int64
	names, types                    []string

	room       atomic.Int64 // see maxSetWords
	mu         sync.Mutex   // guards plants while trees are read
	plants     []*plant     // by id
	seen       int
	info       []int32 // the output of each tree
	rounds     []int32 // the first tree of each round, and the number of trees
	parallel   int64
	drop       []float32 // weights of trees of dart
	weights    []float32 // of gblinear
	categories []dictionary
	learner    bool
	model      bool // the booster has its trees or weights, and not only its configuration
}

// decode reads a document from r.
func decode(r reader, form string) (*document, error) {
	d := &document{form: form, params: map[string]string{}, attributes: map[string]string{}, numTarget: 1, parallel: 1}
	d.room.Store(maxSetWords)
	if err := r.object(func(key string) error { return d.root(r, key) }); err != nil {
		return nil, err
	}
	if !d.learner {
		return nil, errors.New("the file has no learner: it is no model of XGBoost, or a dump of its trees, which holds less than a model (save it with save_model)")
	}
	return d, nil
}

func (d *document) root(r reader, key string) (err error) {
	switch key {
	case "version":
		d.version, err = r.ints(nil)
	case "learner":
		d.learner = true
		err = r.object(func(key string) error { return d.inLearner(r, key) })
	case "Model": // a booster that was pickled, or saved with its training
		err = r.object(func(key string) error { return d.root(r, key) })
	default:
		err = r.skip()
	}
	return within(key, err)
}

// within says where in the document an error is.
func within(key string, err error) error {
	if err == nil || errors.Is(err, errShort) || errors.Is(err, errDeep) {
		return err
	}
	return fmt.Errorf("%.40s: %w", key, err)
}

func (d *document) inLearner(r reader, key string) (err error) {
	switch key {
	case "attributes":
		err = texts(r, d.attributes)
	case "feature_names":
		d.names, err = list(r)
	case "feature_types":
		d.types, err = list(r)
	case "learner_model_param":
		err = r.object(func(key string) error { return d.inParam(r, key) })
	case "objective":
		err = r.object(func(key string) error { return d.inObjective(r, key) })
	case "gradient_booster":
		err = d.inBooster(r)
	default:
		err = r.skip()
	}
	return within(key, err)
}

func (d *document) inParam(r reader, key string) (err error) {
	switch key {
	case "base_score":
		d.baseScore, err = numbersText(r)
	case "boost_from_average":
		var text string
		text, err = numbersText(r)
		d.estimated = text == "1"
	case "num_class":
		d.numClass, err = r.whole()
	case "num_feature":
		d.numFeature, err = r.whole()
	case "num_target":
		d.numTarget, err = r.whole()
	default:
		err = r.skip()
	}
	return within(key, err)
}

func (d *document) inObjective(r reader, key string) (err error) {
	switch {
	case key == "name":
		d.objective, err = r.text()
	case strings.HasSuffix(key, "_param"):
		err = texts(r, d.params)
	default:
		err = r.skip()
	}
	return within(key, err)
}

func (d *document) inBooster(r reader) error {
	return r.object(func(key string) (err error) {
		switch key {
		case "name":
			name := ""
			if name, err = r.text(); d.booster == "" || name == "dart" {
				d.booster = name
			}
		case "gbtree": // within dart
			err = d.inBooster(r)
		case "weight_drop":
			d.drop, err = r.floats(d.drop[:0])
		case "model":
			d.model = true
			err = r.object(func(key string) error { return d.inModel(r, key) })
		default:
			err = r.skip()
		}
		return within(key, err)
	})
}

func (d *document) inModel(r reader, key string) (err error) {
	switch key {
	case "trees":
		err = r.trees(d.tree)
	case "tree_info":
		d.info, err = r.ints(d.info[:0])
	case "iteration_indptr":
		d.rounds, err = r.ints(d.rounds[:0])
	case "weights":
		d.weights, err = r.floats(d.weights[:0])
	case "cats":
		err = r.object(func(key string) error { return d.inCats(r, key) })
	case "gbtree_model_param":
		err = r.object(func(key string) (err error) {
			if key == "num_parallel_tree" {
				d.parallel, err = r.whole()
				return err
			}
			return r.skip()
		})
	default:
		err = r.skip()
	}
	return within(key, err)
}

// tree reads a tree. It is called by several goroutines.
func (d *document) tree(r reader) error {
	p, id, err := grow(r, &d.room)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if id < 0 {
		id = int64(d.seen) // as there are, for a file without ids is sequential
	}
	d.seen++
	if id > int64(1<<30) {
		return fmt.Errorf("a tree has the id %d", id)
	}
	for int64(len(d.plants)) <= id {
		if len(d.plants) > 2*d.seen+1<<16 {
			return fmt.Errorf("a tree has the id %d, and there are not as many trees", id)
		}
		d.plants = append(d.plants, nil)
	}
	if d.plants[id] != nil {
		return fmt.Errorf("two trees have the id %d", id)
	}
	d.plants[id] = p
	return nil
}

// list reads an array of texts.
func list(r reader) (out []string, err error) {
	err = r.array(func(int) error {
		s, err := r.text()
		out = append(out, s)
		return err
	})
	return out, err
}

// texts reads an object of texts into m.
func texts(r reader, m map[string]string) error {
	return r.object(func(key string) (err error) {
		m[key], err = numbersText(r)
		return within(key, err)
	})
}

// numbersText reads a text, or a number or an array of them as text.
func numbersText(r reader) (string, error) {
	if !r.isArray() {
		return r.text()
	}
	l, err := list(r)
	return "[" + strings.Join(l, ",") + "]", err
}
