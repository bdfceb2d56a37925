package feature

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
)

// Bucketizer turns numbers into the number of the bucket they fall in.
var Bucketizer = &ops.Op{
	Name: "bucketizer",
	Doc:  "Returns the number of the bucket, between two splits, that contains the value.",
	Attrs: []string{
		"splits: list<double>, ascending; NaN at an end is read as an infinity, which JSON cannot hold",
		"handle_invalid: string, error (default), skip or keep; applies to NaN only, numbers outside the splits are always refused",
	},
	Ports:  []string{"in input: double", "out output: double"},
	Source: "BucketizerModel.scala, Bucketizer.scala",
	Load:   loadBucketizer,
}

type bucketizer struct {
	splits  []float64
	invalid invalid
}

func loadBucketizer(n *ops.Node) (ops.Kernel, error) {
	k := &bucketizer{invalid: loadInvalid(n.Attrs, invalidError, true)}
	k.splits = append(k.splits, n.Attrs.Doubles("splits")...)
	if len(k.splits) == 0 {
		n.Attrs.Failf("splits", "empty, want at least 1 value")
		return nil, n.Attrs.Err()
	}
	if first := &k.splits[0]; math.IsNaN(*first) {
		*first = math.Inf(-1)
	}
	if last := &k.splits[len(k.splits)-1]; math.IsNaN(*last) {
		*last = math.Inf(1)
	}
	return k, n.Attrs.Err()
}

func (k *bucketizer) Inputs() []ops.Port  { return doublePort("input") }
func (k *bucketizer) Outputs() []ops.Port { return doublePort("output") }

func (k *bucketizer) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	out := column.NewDoubles(b.Mem, b.Len)
	for i, x := range column.Doubles(in[0]) {
		out.Values[i] = k.bucket(b, i, x)
	}
	return []arrow.Array{out.Array()}, nil
}

func (k *bucketizer) bucket(b *ops.Batch, row int, x float64) float64 {
	n := len(k.splits)
	switch {
	case x != x:
		switch k.invalid {
		case invalidSkip:
			b.Drop(row, 0, ops.NaN)
		case invalidError:
			b.Reject(row, 0, ops.NaN, "NaN, and handle_invalid is error")
		}
		return float64(n - 1)
	case x == k.splits[n-1]:
		return float64(n - 2)
	}
	// The search orders -0.0 before 0.0, and of equal splits finds one that
	// depends on how many there are.
	at := javamath.BinarySearch(k.splits, x)
	if at >= 0 {
		return float64(at)
	}
	at = -at - 1
	if at == 0 || at == n {
		b.Reject(row, 0, ops.OutOfRange, "%v is outside of the splits, %v to %v", x, k.splits[0], k.splits[n-1])
		return 0
	}
	return float64(at - 1)
}
