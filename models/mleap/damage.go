package mleap

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"leapscore/bundle"
	"leapscore/ops"
)

// damage collects what exporters are known to lose of a node: its predictions may
// differ from those of the trained model. They are MLeap's all the same.
type damage struct {
	mu    sync.Mutex // loaders of ensembles load their members at once
	found []string
}

// mostFindings is how many findings a warning names.
const mostFindings = 3

// text returns the findings in one line, or "".
func (d *damage) text() string {
	slices.Sort(d.found)
	list := slices.Compact(d.found)
	more := ""
	if len(list) > mostFindings {
		more = fmt.Sprintf("; and %d more such values", len(list)-mostFindings)
		list = list[:mostFindings]
	}
	return strings.Join(list, "; ") + more
}

func (d *damage) addf(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.found = append(d.found, fmt.Sprintf(format, args...))
}

// ignorable are attributes that change predictions, and that not every op reads.
var ignorable = []string{"threshold", "thresholds", "missing", "missing_value", "feature_range"}

// meant are attributes in which NaN has a meaning: it is the missing value, or stands
// for an infinite end of the splits.
var meant = map[string]bool{"imputer.missing_value": true, "bucketizer.splits": true, "xgboost.classifier.missing": true, "xgboost.regression.missing": true}

// model looks for damage in a model that was loaded: of a node, or in a folder of it.
func (d *damage) model(op string, m *bundle.Model) {
	where := ""
	if m.Files != nil {
		if dir := path.Base(m.Files.Path()); !strings.HasSuffix(dir, ".node") && dir != "root" {
			where = dir + " "
		}
		d.nulls(op, where, m)
	}
	for _, name := range ignorable {
		if m.Attrs.Has(name) && !m.Attrs.Read(name) && !isNaN(m.Attrs, name) {
			d.addf("%s%s is in the bundle, and MLeap does not use it: predictions are those without it", where, name)
		}
	}
	for _, l := range m.Attrs.Lost() {
		d.addf("%s%s is the %s, and MLeap reads a %s there: it uses the default of that kind", where, l.Name, l.Has, l.Read)
	}
}

// isNaN tells whether an attribute is NaN, which is missing anyway.
func isNaN(a *bundle.Attrs, name string) bool {
	v, ok := a.Value(name)
	return ok && v.Scalar != nil && (v.Scalar.Float != v.Scalar.Float || v.Scalar.Double != v.Scalar.Double)
}

// kernel asks a kernel what may be wrong with its model.
func (d *damage) kernel(k ops.Kernel) {
	if w, ok := k.(interface{ Warnings() []string }); ok {
		for _, text := range w.Warnings() {
			d.addf("%s", text)
		}
	}
}

// zeros looks for a model of XGBoost behind another node: whether a zero is missing
// depends on the form of the vector.
func (l *loader) zeros(n *bundle.Node, d *damage) {
	if !strings.HasPrefix(n.Model.Op, "xgboost.") {
		return
	}
	features := connected(n.Inputs, "features")
	for _, before := range l.nodes {
		if slices.Contains(before.Outputs, features) {
			d.addf("zeros of %q are missing in the rows that %s makes sparse vectors of, and values in the others", features, before.Op)
			return
		}
	}
}

// nulls looks for null, by which JSON stands for NaN and for infinities.
func (d *damage) nulls(op, where string, m *bundle.Model) {
	if m.Files.Format() != bundle.FormatJSON {
		return
	}
	nans := m.Attrs.NaNs()
	for _, name := range slices.Sorted(maps.Keys(nans)) {
		if meant[op+"."+name] {
			continue
		}
		d.addf("%s%s%s is null, which MLeap reads as NaN (the exporter had NaN or an infinity, which JSON cannot hold): every prediction that uses it may be wrong", where, name, nans[name])
	}
}

// ofScikit is how the exporter for scikit-learn names nodes: the op and a UUID.
var ofScikit = regexp.MustCompile(`^(logistic_regression|min_max_scaler)_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// exporter looks for nodes that the exporter for scikit-learn writes so that MLeap
// computes something else.
func (d *damage) exporter(n *bundle.Node) {
	m := ofScikit.FindStringSubmatch(n.Name)
	if m == nil || m[1] != n.Model.Op {
		return
	}
	switch a := n.Model.Attrs; {
	case m[1] == "logistic_regression" && a.Has("coefficient_matrix"):
		d.addf("scikit-learn's exporter writes coefficient_matrix row after row, and MLeap reads it column after column: predictions differ from scikit-learn's")
	case m[1] == "min_max_scaler" && !a.Has("minValue"):
		d.addf("scikit-learn's exporter does not write feature_range, and MLeap scales to 0..1: outputs differ if the scaler was trained with another range")
	}
}
