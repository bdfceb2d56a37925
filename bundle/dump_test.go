package bundle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"leapscore/bundle"
)

// attrValues returns all attributes of a.
func attrValues(a *bundle.Attrs) map[string]bundle.Value {
	if a == nil {
		return nil
	}
	out := map[string]bundle.Value{}
	for _, name := range a.Names() {
		out[name], _ = a.Value(name)
	}
	return out
}

// exact compares what was parsed bit by bit, but takes all NaNs as one.
var exact = cmp.Options{
	cmp.Transformer("values", attrValues),
	cmp.Comparer(sameDouble),
	cmp.Comparer(func(x, y float32) bool { return sameDouble(float64(x), float64(y)) }),
	cmpopts.IgnoreFields(bundle.Model{}, "Files"),
	cmpopts.IgnoreUnexported(bundle.Model{}),
}

func sameDouble(x, y float64) bool {
	return x == y && 1/x == 1/y || x != x && y != y
}

// throughJSON compares values of which one went through JSON: it has no
// infinities, no sign of zero, and empty byte strings and lists are nil.
var throughJSON = cmp.Options{
	cmp.Transformer("values", attrValues),
	cmp.Comparer(func(x, y float64) bool { return x == y || x-x != 0 && y-y != 0 }),
	cmp.Comparer(func(x, y float32) bool { return x == y || x-x != 0 && y-y != 0 }),
	cmpopts.IgnoreFields(bundle.Model{}, "Files"),
	cmpopts.IgnoreUnexported(bundle.Model{}),
	cmpopts.EquateEmpty(),
}

// wantError checks that err mentions each of the texts.
func wantError(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one that says %q", texts)
	}
	for _, text := range texts {
		if !contains(err.Error(), text) {
			t.Errorf("error %q does not say %q", err, text)
		}
	}
}

var equateEmpty = cmpopts.EquateEmpty()
