package feature

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/ops"
	"leapscore/ops/column"
	"leapscore/ops/internal/javamath"
)

// SklearnPolynomialExpansion multiplies powers of the slots of a vector.
var SklearnPolynomialExpansion = &ops.Op{
	Name:   "sklearn_polynomial_expansion",
	Doc:    "Returns the listed products of powers of a vector's slots.",
	Attrs:  []string{`combinations: string, the products, separated by commas, as "1,x0,x1,x0^2,x0 x1"; a product without a slot is 1`},
	Ports:  []string{"in input: tensor<double>[slots used]", "out output: tensor<double>[products], dense"},
	Source: "PolynomialFeaturesModel.scala",
	Load:   loadSklearnPolynomialExpansion,
}

type sklearnPolynomialExpansion struct {
	products [][]power
	slots    int // how many different ones there are
	need     int // the size that a vector must have
}

// power is a slot and its exponent.
type power struct {
	slot int
	exp  float64
}

var powerPattern = regexp.MustCompile(`x(\d+)(?:[\^](\d+))?`)

func loadSklearnPolynomialExpansion(n *ops.Node) (ops.Kernel, error) {
	a := n.Attrs
	k := &sklearnPolynomialExpansion{}
	seen := map[int]bool{}
	for _, text := range splitCommas(a.String("combinations")) {
		var terms []power
		for _, m := range powerPattern.FindAllStringSubmatch(text, -1) {
			p := power{slot: parseNumber(a, m[1]), exp: 1}
			if m[2] != "" {
				p.exp = float64(parseNumber(a, m[2]))
			}
			terms = append(terms, p)
			seen[p.slot] = true
			k.need = max(k.need, p.slot+1)
		}
		k.products = append(k.products, terms)
	}
	k.slots = len(seen)
	return k, a.Err()
}

// splitCommas splits as String.split of Java: empty pieces at the end are
// dropped, unless there is no comma at all.
func splitCommas(s string) []string {
	parts := strings.Split(s, ",")
	if len(parts) == 1 {
		return parts
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}

func parseNumber(a *bundle.Attrs, digits string) int {
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		a.Failf("combinations", "%s is no int", digits)
	}
	return int(n)
}

func (k *sklearnPolynomialExpansion) Inputs() []ops.Port { return vectorPort("input", k.slots) }
func (k *sklearnPolynomialExpansion) Outputs() []ops.Port {
	return vectorPort("output", len(k.products))
}

func (k *sklearnPolynomialExpansion) Eval(b *ops.Batch, in []arrow.Array) ([]arrow.Array, error) {
	if m, ok := viewMatrix(in[0]); ok && m.width >= k.need {
		return m.apply(b, len(k.products), k.multiply), nil
	}
	var values []float64
	return []arrow.Array{column.MapVector(b.Mem, in[0], func(row int, v column.Vector, out *column.VectorBuilder) {
		dst := out.Dense(len(k.products))
		if v.Size < k.need {
			b.Reject(row, 0, ops.Size, "vector of size %d, want at least %d", v.Size, k.need)
			return
		}
		if v.Dense {
			k.multiply(dst, v.Values)
			return
		}
		if len(values) < v.Size {
			values = make([]float64, v.Size)
		}
		v.CopyTo(values)
		k.multiply(dst, values)
	}, nullVector(b))}, nil
}

func (k *sklearnPolynomialExpansion) multiply(dst, src []float64) {
	for j, terms := range k.products {
		y := 1.0
		for _, t := range terms {
			x := src[t.slot]
			if t.exp != 1 {
				x = javamath.Pow(x, t.exp)
			}
			y *= x
		}
		dst[j] = y
	}
}
