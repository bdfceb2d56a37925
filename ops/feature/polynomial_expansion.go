package feature

import (
	"math"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/ops"
	"leapscore/ops/column"
)

// PolynomialExpansion multiplies the slots of a vector with each other.
var PolynomialExpansion = &ops.Op{
	Name:   "polynomial_expansion",
	Doc:    "Returns all products of a vector's slots up to a degree: for (a, b) and degree 2, a, a*a, b, a*b, b*b. Models and rows with more than 16777216 products are refused.",
	Attrs:  []string{"degree: long", "input_size: long"},
	Ports:  []string{"in input: tensor<double>[n]", "out output: tensor<double>[products], in the input's form"},
	Source: "PolynomialExpansionModel.scala",
	Load:   loadPolynomialExpansion,
}

// mostProducts bounds the cost of one row, whatever the model.
const mostProducts = 1 << 24

type polynomialExpansion struct {
	size, degree int
	products     products // of vectors of that size
}

func loadPolynomialExpansion(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &polynomialExpansion{size: int(int32(a.Long("input_size"))), degree: int(int32(a.Long("degree")))}
	if a.Err() != nil {
		return nil, a.Err()
	}
	if k.degree < 0 {
		a.Failf("degree", "%d, want at least 0", k.degree)
		return nil, a.Err()
	}
	count, ok := monomials(k.size, k.degree)
	if !ok || count > mostProducts {
		a.Failf("input_size", "%d slots to degree %d have more than %d products, or none", k.size, k.degree, mostProducts)
		return nil, a.Err()
	}
	k.products = newProducts(k.size, k.degree, count)
	return k, nil
}

// monomials returns the number of products of n variables up to a degree,
// the empty one included, if it is an int.
func monomials(n, degree int) (int, bool) {
	if n < 0 || degree < 0 {
		return 0, false
	}
	count := 1
	for i, few := 1, min(n, degree); i <= few; i++ {
		count = count * (n + degree - few + i) / i
		if count > math.MaxInt32 {
			return 0, false
		}
	}
	return count, true
}

func (k *polynomialExpansion) Inputs() []ops.Port { return vectorPort("input", k.size) }
func (k *polynomialExpansion) Outputs() []ops.Port {
	return vectorPort("output", len(k.products))
}

func (k *polynomialExpansion) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	if m, ok := viewMatrix(in[0]); ok && m.width == k.size {
		return m.apply(b, len(k.products), k.products.expand), nil
	}
	e := expander{k: k}
	return []arrow.Array{column.MapVector(b.Mem, in[0], func(row int, v column.Vector, out *column.VectorBuilder) {
		count, ok := monomials(v.Size, k.degree)
		if v.Size > k.size {
			stored := len(v.Values) // of a sparse vector, the other products are zero
			if made, _ := monomials(stored, k.degree); !ok || made > mostProducts {
				b.Reject(row, 0, ops.Size, "vector of size %d with %d values has more than %d products of degree %d", v.Size, stored, mostProducts, k.degree)
				out.AppendNull()
				return
			}
		}
		switch {
		case !v.Dense:
			e.sparse(v)
			out.AppendSparse(count-1, e.indices, e.values)
		case v.Size <= k.size: // missing slots count as zero
			k.products[:count-1].expand(out.Dense(len(k.products)), v.Values)
		default:
			e.larger(b, row, v.Values, count, out.Dense(len(k.products)))
		}
	}, nullVector(b))}, nil
}

// product is how to come by a product of more than one factor: times the slot
// of least index among its factors, the product of all others is multiplied.
// That is the order in which MLeap multiplies.
type product struct {
	of   int32 // the product of the others; -1 is the empty one
	slot int32
}

// products are in the order of the output: those of the first n slots come
// first, whatever slots follow.
type products []product

func newProducts(n, degree, count int) products {
	p := make(products, count-1)
	// add enters all products that a product and the slots below n make. The
	// product, to which degree more factors may come, stands at at.
	var add func(n, degree, at int)
	add = func(n, degree, at int) {
		for slot := range n {
			of := at
			skip, _ := monomials(slot, degree)
			next := at + skip
			for left := degree - 1; left >= 0; left-- {
				p[next] = product{int32(of), int32(slot)}
				add(slot, left, next)
				skip, _ = monomials(slot, left)
				of, next = next, next+skip
			}
		}
	}
	add(n, degree, -1)
	return p
}

// expand fills in the products. A product that is zero, even by underflow,
// stays zero without a sign: MLeap does not multiply it any further.
func (p products) expand(dst, src []float64) {
	nonFinite := 0.0
	for _, x := range src {
		nonFinite += float64(x * 0)
	}
	if nonFinite == 0 {
		p.expandFinite(dst, src)
		return
	}
	for i, m := range p {
		x := 1.0
		if m.of >= 0 {
			x = dst[m.of]
		}
		y := x * src[m.slot]
		if x == 0 || y == 0 {
			y = 0
		}
		dst[i] = y
	}
}

// expandFinite is expand where zero times a slot is zero.
func (p products) expandFinite(dst, src []float64) {
	for i, m := range p {
		x := 1.0
		if m.of >= 0 {
			x = dst[m.of]
		}
		dst[i] = float64(x*src[m.slot]) + 0 // -0.0 becomes 0.0
	}
}

// expander expands the rows that are not dense and of the model's size.
type expander struct {
	k       *polynomialExpansion
	indices []int32
	values  []float64

	wide     int // the size of wider
	wider    products
	expanded []float64
}

// sparse leaves the products that are not zero in indices and values.
func (e *expander) sparse(v column.Vector) {
	e.indices, e.values = e.indices[:0], e.values[:0]
	e.multiply(v.Indices, v.Values, e.k.degree, 1, -1)
}

// multiply appends all products of x, which stands at at, with stored slots.
func (e *expander) multiply(slots []int32, values []float64, degree int, x float64, at int) {
	if at >= 0 {
		e.indices, e.values = append(e.indices, int32(at)), append(e.values, x)
	}
	for j, slot := range slots {
		skip, _ := monomials(int(slot), degree)
		next, y := at+skip, x
		for left := degree - 1; left >= 0; left-- {
			if y *= values[j]; y == 0 {
				break
			}
			e.multiply(slots[:j], values[:j], left, y, next)
			skip, _ = monomials(int(slot), left)
			next += skip
		}
	}
}

// larger expands a row that has more slots than the model. MLeap writes behind
// the end of its array unless all products of the others are zero.
func (e *expander) larger(b *ops.Batch, row int, values []float64, count int, dst []float64) {
	if e.wide != len(values) {
		e.wide, e.wider = len(values), newProducts(len(values), e.k.degree, count)
		e.expanded = make([]float64, count-1)
	}
	e.wider.expand(e.expanded, values)
	copy(dst, e.expanded)
	for _, x := range e.expanded[len(dst):] {
		if x != 0 {
			b.Reject(row, 0, ops.Size, "vector of size %d, the model has %d", len(values), e.k.size)
			return
		}
	}
}
