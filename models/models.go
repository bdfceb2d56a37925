// Package models says what a kind of model is: MLeap's bundles, the files of a
// library of boosted trees, and whatever else leapscore scores. A kind is a folder
// below this one, with a Kind; package kinds is the table of them all, and opens
// models of any kind. After a model is open, its graph is all that is known of it.
package models

import (
	"context"

	"leapscore/bundle"
	"leapscore/engine/pipeline"
	"leapscore/engine/store"
)

// Kind is a kind of model. It holds no model.
type Kind struct {
	Name  string // one word
	Title string // as its makers write it

	Files    string // the formats that are read
	Versions string // of the software that writes them
	Exact    string // equal to what, and where it is not
	Limits   string // parts that are refused, or ""

	// Recognize reports whether f is of this kind. It looks at the content and not
	// at the name, and reads little.
	Recognize func(f *File) bool

	// Open reads a model that was recognized. It closes nothing that it was given.
	// A model that can be described but not scored comes with the error.
	Open func(ctx context.Context, f *File, opt Options) (*Model, error)
}

// Options say how a model is opened. The zero value is the default.
type Options struct {
	Stores store.Options // of models on object stores
	// MaxSize is the most bytes that a model may have unpacked. 0 stands for the
	// limits of package bundle.
	MaxSize int64

	// Features are the names of the inputs of a booster, instead of those in its file.
	Features []string
	// Iterations are the rounds of boosting that count: all if it is zero.
	Iterations Iterations
	// Threshold is the probability above which a binary model gives its second class.
	Threshold *float64
	// Predictor is which of MLeap's two implementations of XGBoost runs the bundle:
	// PredictorXGBoost, which is the default, or PredictorH2O.
	Predictor string
}

// The implementations of MLeap's ops of XGBoost: that of XGBoost's own library, and
// that of xgboost-predictor, which a configuration of MLeap can choose.
const (
	PredictorXGBoost = "xgboost"
	PredictorH2O     = "h2o"
)

// Limits are those of a bundle.
func (o Options) Limits() bundle.Limits { return bundle.Sized(o.MaxSize) }

// defaultMaxSize is how large a file may be that is no bundle.
const defaultMaxSize = 2 << 30

// maxFile is the most bytes of a file.
func (o Options) maxFile() int64 {
	if o.MaxSize > 0 {
		return o.MaxSize
	}
	return defaultMaxSize
}

// Model is the graph of an open model. The caller closes it.
type Model struct {
	// Model is nil if the model cannot be scored.
	*pipeline.Model
	About About

	// Behind returns the graph of a booster whose inputs are all in one vector. It is
	// nil for models that are no boosters: the options about boosters do not matter to
	// them.
	Behind func(vector string) (*pipeline.Model, error)

	// Beside are the files that came with the model, beside what it is made of. One may
	// be a booster that stands behind it.
	Beside []*File

	// Free frees what the model holds open; nil if that is nothing.
	Free func() error
}

// Close frees what the model holds open. The graph remains usable, but it cannot be
// joined with others any more.
func (m *Model) Close() error {
	if m.Free == nil {
		return nil
	}
	return m.Free()
}

// About says of a model what people ask for.
type About struct {
	Kind      string // the name of a Kind
	Name      string
	UID       string
	Writer    string // the software that wrote it, with its version
	Version   string // of that software alone
	Format    string
	Timestamp string
	SHA256    string

	Facts []Fact // others, in order
	Nodes []Node // of a pipeline
}

// Fact is something that is known of a model, such as its objective.
type Fact struct{ Name, Value string }

// Node is a stage of a pipeline, whether it can be scored or not.
type Node struct {
	Path  string
	Op    string
	Depth int
	Known bool     // it can be scored
	Reads []string // columns
	Adds  []string
}
