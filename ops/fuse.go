package ops

import "github.com/apache/arrow/go/v15/arrow"

// The interfaces in this file are optional. Package engine/pipeline recognizes
// by them the kernels that it can run together without building the vectors in
// between, and package models/explain finds by them what a vector is made of. Fused kernels give the bits of the plain ones, which stay the
// reference.

// Indexer is a kernel that replaces the words of column col by numbers.
type Indexer interface {
	Kernel
	// Index returns the number of a word. known is false for a word that the
	// model does not have; x is then what it gives if keep is set.
	Index(col int, word string) (x float64, known bool)
	// Keep reports whether unknown words and nulls get Unknown(col) instead of
	// being refused.
	Keep() bool
	Unknown(col int) float64
}

// Labeler is a kernel that numbers the words of column col as they stand in Labels.
type Labeler interface {
	Kernel
	Labels(col int) []string
}

// Encoder is a kernel that turns the numbers of column col into sparse vectors
// with at most a single one.
type Encoder interface {
	Kernel
	// Width is the size of the vectors of column col.
	Width(col int) int
	// Position returns where the one stands, -1 if there is none, and ok false
	// for a number that is refused.
	Position(col int, x float64) (at int, ok bool)
}

// Scaler is a kernel that turns slot i of a vector into (x - mean[i]) *
// scale[i]. Either may be nil. With a mean, the vectors are always dense and a
// slot whose scale is 0 gives 0; without, they keep their form. ok is
// unset for a model that does not fit this.
type Scaler interface {
	Kernel
	Affine() (mean, scale []float64, ok bool)
}

// Assembler is a kernel that puts its inputs together in their order, without
// zeros, and keeps what comes out sparse or dense as column.StoredSparse says.
type Assembler interface {
	Kernel
	Assembles() bool
}

// Picker is a kernel whose vector has some slots of the vector that it reads: slot i is
// slot Picked()[i] of it.
type Picker interface {
	Kernel
	Picked() []int32
}

// DotHead is a kernel whose outputs depend on its vector only through the dot
// product with Coefficients, as package blas computes it for the vector's form.
type DotHead interface {
	Kernel
	Coefficients() []float64
	EvalDots(b *Batch, dots []float64) ([]arrow.Array, error)
}

// Formless is a kernel that gives the same for a vector whether it is dense or
// sparse, and whatever the sign of its zeros.
type Formless interface {
	Kernel
	Formless()
}

// ColumnsHead is a Formless kernel that also takes its vectors apart: cols[j]
// holds element j of every row. It borrows them.
type ColumnsHead interface {
	Formless
	EvalColumns(b *Batch, cols [][]float64) ([]arrow.Array, error)
}
