package shapes

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/bundle/bundletest"
)

// Ten is a table that is mostly passed through: a unique string, four doubles,
// of which d4 has nulls, two integers and three strings of few values. The
// linear model reads four of the columns.
func Ten() Shape {
	double, text := arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String
	fields := []arrow.Field{
		field("id", text), field("d1", double), field("d2", double), field("d3", double), field("d4", double),
		field("i1", arrow.PrimitiveTypes.Int64), field("i2", arrow.PrimitiveTypes.Int32),
		field("s1", text), field("s2", text), field("s3", text),
	}
	s1, s2, s3 := labels("s%d", 6), labels("city-%d", 50), labels("k%d", 8)
	return Shape{
		Name: "ten", Schema: arrow.NewSchema(fields, nil),
		fill: func(row int, cols []array.Builder) {
			h := func(col int) int { return int(mix(row, col) >> 1) }
			appendString(cols[0], fmt.Sprintf("customer-%017d", row*7919%100_000_000_000))
			appendDouble(cols[1], float64(h(1)%1_000_000)/997)
			appendDouble(cols[2], float64(h(2)%100_000)/31)
			appendDouble(cols[3], float64(h(3)%1_000_000_007)/1000)
			if h(4)%50 == 0 {
				cols[4].AppendNull()
			} else {
				appendDouble(cols[4], float64(h(4)%1_000_000)/7)
			}
			appendLong(cols[5], int64(h(5)%1_000_000_000_000))
			cols[6].(*array.Int32Builder).Append(int32(h(6) % 100_000))
			appendString(cols[7], s1[h(7)%len(s1)])
			appendString(cols[8], s2[h(8)%len(s2)])
			if h(9)%20 == 0 {
				cols[9].AppendNull()
			} else {
				appendString(cols[9], s3[h(9)%len(s3)])
			}
		},
		Models: func() []bundletest.Bundle {
			return []bundletest.Bundle{stages("ten.lr", scalars([]string{"d1", "d2", "d3", "i2"}), linear("prediction", []float64{0.5, -1.25, 3e-4, 0.03125}, 7))}
		},
	}
}

// Columns is a table of an id and n doubles, all of which a linear model reads,
// scaled.
func Columns(n int) Shape {
	fields := []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}}
	names := labels("c%04d", n)
	for _, name := range names {
		fields = append(fields, field(name, arrow.PrimitiveTypes.Float64))
	}
	return Shape{
		Name: "columns", Schema: arrow.NewSchema(fields, nil),
		fill: func(row int, cols []array.Builder) {
			appendLong(cols[0], int64(row))
			for i, b := range cols[1:] {
				appendDouble(b, float64(mix(row, i)%1_000_000)/997)
			}
		},
		Models: func() []bundletest.Bundle {
			mean, std := make([]float64, n), make([]float64, n)
			for i := range n {
				mean[i], std[i] = 501.5, 289.25
			}
			assemble := scalars(names)
			assemble.Name, assemble.Outputs = "assemble_numbers", bundletest.Sockets("output", "numbers")
			return []bundletest.Bundle{
				stages("columns.lr", assemble, scaler("numbers", "features", mean, std), linear("prediction", coefficients(n), 1)),
			}
		},
	}
}

// labels returns n strings of that format.
func labels(format string, n int) []string {
	s := make([]string, n)
	for i := range s {
		s[i] = fmt.Sprintf(format, i)
	}
	return s
}
