package xgboost

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"leapscore/models"
	"leapscore/models/internal/trees"
	"leapscore/models/xgboost/booster"
)

const kindName = "xgboost"

// Kind is that of XGBoost's models.
var Kind = &models.Kind{
	Name: kindName, Title: "XGBoost model",
	Files:     "JSON, UBJ, the binary form of versions before 3 (`save_model`)",
	Versions:  "XGBoost 1.0 to 3.4",
	Exact:     "the bits of XGBoost's `predict`",
	Limits:    "`reg:expectileerror` with several expectiles; objectives of one's own have the predictions of the objective that the file names",
	Recognize: func(f *models.File) bool { return booster.IsModel(f.Head()) },
	Open:      trees.Opener(load),
}

// maxColumns is how many columns a model may read. Models of more features are those
// of sparse vectors.
const maxColumns = 1 << 20

// load reads the model in f.
func load(f *models.File, opt models.Options) (*models.Model, error) {
	whole, sum, err := read(f)
	if err != nil {
		return nil, err
	}
	b, rounds, err := slice(whole, opt.Iterations)
	if err != nil {
		return nil, err
	}
	if b.Features > maxColumns {
		return nil, fmt.Errorf("the model has %d features, want at most %d: each is a column", b.Features, maxColumns)
	}
	names, err := trees.Names(b.Features, opt.Features, b.Names(), "f%d")
	if err != nil {
		return nil, err
	}
	t, err := graph(b, names, opt.Threshold)
	if err != nil {
		return nil, err
	}
	t.Warnings = warnings(b, names)
	return t.OpenFile(f, sum, rounds, opt, about(b, t, whole, rounds))
}

// warnings tell what may be wrong with the file.
func warnings(b *booster.Booster, names []string) []string {
	list := []string{missingWarning(b)}
	for i, name := range names {
		list = append(list, namesWarning(b, i, name))
	}
	return slices.DeleteFunc(list, func(w string) bool { return w == "" })
}

// namesWarning says that names of the categories of a feature are wrong, or may be.
func namesWarning(b *booster.Booster, feature int, name string) string {
	const why = "XGBoost 3.1 to 3.3 cuts names that are not ASCII in wrong places if they come from pandas"
	switch cut, perhaps := b.NamesCut(feature); {
	case cut:
		return fmt.Sprintf("the file has damaged names of the categories of feature %q, so that it takes their codes: %s; "+
			"train with 3.4, or with categories that are ASCII or numbers", name, why)
	case perhaps:
		return fmt.Sprintf("the names of the categories of feature %q may be damaged: %s; compare some rows with the answers of XGBoost", name, why)
	}
	return ""
}

// read reads a model as a stream, with the hash of what it read.
func read(f *models.File) (*booster.Booster, string, error) {
	src, err := f.Open()
	if err != nil {
		return nil, "", err
	}
	defer src.Close()
	hash := sha256.New()
	in := io.TeeReader(src, hash)
	b, err := booster.Read(in, booster.Limits{})
	if err != nil {
		return nil, "", err
	}
	if _, err := io.Copy(io.Discard, in); err != nil { // what stands behind the model
		return nil, "", err
	}
	return b, hex.EncodeToString(hash.Sum(nil)), nil
}

// slice returns the rounds that count: those that were asked for, or else those up to
// the best one if training was stopped early, or all.
func slice(b *booster.Booster, it models.Iterations) (*booster.Booster, string, error) {
	if best, stopped := b.Best(); stopped && !it.Given {
		it.End = best
	}
	if it.First == 0 && it.End == 0 {
		return b, "all", nil
	}
	first, end, err := it.Of(b.Rounds())
	if err != nil {
		return nil, "", err
	}
	b, err = b.Slice(first, end)
	return b, fmt.Sprintf("%d:%d", first, end), err
}
