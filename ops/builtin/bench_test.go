package builtin_test

import (
	"testing"

	"leapscore/ops/builtin"
	"leapscore/ops/opstest"
)

// BenchmarkOp measures every op over the rows of its case file, as
// BenchmarkOp/<op>/<number of the model in the file>.
func BenchmarkOp(b *testing.B) {
	files := caseFiles(b)
	for _, op := range builtin.Table() {
		if f, ok := files[op.Name]; ok {
			b.Run(op.Name, func(b *testing.B) { opstest.BenchFile(b, builtin.Registry(), f) })
		}
	}
}
