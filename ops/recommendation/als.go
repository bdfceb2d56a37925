package recommendation

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/blas"
)

// ALS predicts how a user rates an item.
var ALS = &ops.Op{
	Name: "als",
	Doc:  "Predicts how a user rates an item, by the dot product of their factors in single precision.",
	Attrs: []string{
		"rank: int, the number of factors that are used",
		"users: list<int>",
		"user_factors: list<tensor<float>>, one per user",
		"items: list<int>",
		"item_factors: list<tensor<float>>, one per item",
	},
	Ports:  []string{"in user: int", "in item: int", "out prediction: float, NaN for a user or an item that the model does not know"},
	Source: "ALSModel.scala",
	Load:   loadALS,
}

type als struct {
	rank         int
	users, items factors
}

// factors are the factors of each id.
type factors map[int32][]float32

func loadALS(n *ops.Node) (ops.Kernel, error) {
	k := &als{
		rank:  max(int(n.Attrs.Int("rank")), 0),
		users: loadFactors(n.Attrs, "users", "user_factors"),
		items: loadFactors(n.Attrs, "items", "item_factors"),
	}
	return k, n.Attrs.Err()
}

// loadFactors pairs ids with tensors until one of the lists ends. Of equal ids
// the last counts, as in Scala's toMap.
func loadFactors(a *bundle.Attrs, ids, tensors string) factors {
	f := factors{}
	list := a.Ints(ids)
	for i, t := range a.Tensors(tensors) {
		if t.Base != bundle.Float {
			a.Failf(tensors, "tensor %d is of base %s, want float", i, t.Base)
			break
		}
		if i < len(list) {
			f[list[i]] = t.Floats
		}
	}
	return f
}

func (k *als) Inputs() []ops.Port {
	id := bundle.Scalar(bundle.Int).NonNull()
	return []ops.Port{{Name: "user", Type: id}, {Name: "item", Type: id}}
}
func (k *als) Outputs() []ops.Port {
	return []ops.Port{{Name: "prediction", Type: bundle.Scalar(bundle.Float).NonNull()}}
}

func (k *als) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	users, items := in[0].(*array.Int32).Int32Values(), in[1].(*array.Int32).Int32Values()
	out := column.NewFloats(b.Mem, b.Len)
	nan := float32(math.NaN())
	for row := range out.Values {
		user, ok := k.users[users[row]]
		if !ok {
			out.Values[row] = nan
			continue
		}
		item, ok := k.items[items[row]]
		switch {
		case !ok:
			out.Values[row] = nan
		case len(user) < k.rank:
			b.Reject(row, 0, ops.Size, "user %d has %d factors, the rank is %d", users[row], len(user), k.rank)
		case len(item) < k.rank:
			b.Reject(row, 1, ops.Size, "item %d has %d factors, the rank is %d", items[row], len(item), k.rank)
		default:
			out.Values[row] = blas.Sdot(user[:k.rank], item[:k.rank])
		}
	}
	return []arrow.Array{out.Array()}, nil
}
