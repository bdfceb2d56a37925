// Package summary describes columns while they pass by: how many rows and nulls
// they have, mean, standard deviation, quantiles, histogram, labels; and says how
// far a column has moved from an earlier description of it (drift.go).
//
// Only integers are kept of a column, and their additions have no order: the
// summary of a table is the same to the bit however its rows are cut into
// batches, in whatever order these come, and however many goroutines add them.
//
//   - Of numbers, counts in buckets (sketch.go): the quantiles and histograms are
//     those of the buckets. If numbers have one sign and lie within a factor of two,
//     a bucket is 1/8192 as wide as the power of two below it; the more powers of
//     two they span, the wider buckets are: with 32, 1/512. Sums and sums of squares are exact, so mean and standard deviation
//     are the nearest doubles to the true ones. While a column has few values
//     (fewValues), these are counted instead and everything is exact.
//   - Of text, counts by label (labels.go), exact up to maxLabels different ones,
//     and beyond that of a sample of labels that depends on the labels alone.
//   - Of lists of numbers, such as probabilities, each element as a number if no
//     list is longer than maxElements, else the norm; and the length.
//
// The memory for a column is bounded, whatever its rows: 128 KiB for numbers, less
// in wide tables, and about twice as much for text, for each goroutine.
//
// It neither reads nor writes files, and it judges nothing: its caller decides how
// far is too far.
package summary

// Summary describes the columns of a table.
type Summary struct {
	Rows    int64    `json:"rows"`
	Columns []Column `json:"columns"`
}

// Column describes one column. Of Numbers, Labels and Lists at most one is set:
// of other types only rows and nulls are counted.
type Column struct {
	Name  string `json:"name"`
	Type  string `json:"type"` // as Arrow names it
	Model bool   `json:"model,omitempty"`
	Rows  int64  `json:"rows"`
	Nulls int64  `json:"nulls"`

	Numbers *Numbers `json:"numbers,omitempty"`
	Labels  *Labels  `json:"labels,omitempty"` // text; booleans as true and false
	Lists   *Lists   `json:"lists,omitempty"`
}

// Numbers describes numbers. All but the first four are of the finite ones, and
// absent if there are none.
type Numbers struct {
	Count       int64 `json:"count"` // of finite numbers
	NaN         int64 `json:"nan,omitempty"`
	PosInfinity int64 `json:"positive_infinity,omitempty"`
	NegInfinity int64 `json:"negative_infinity,omitempty"`

	Mean *float64 `json:"mean,omitempty"`
	SD   *float64 `json:"sd,omitempty"` // with n-1; absent for one number, or if no double holds it
	Min  *float64 `json:"min,omitempty"`
	Max  *float64 `json:"max,omitempty"`

	Quantiles []Quantile `json:"quantiles,omitempty"`
	// Histogram has bins of one width from Min to Max. Bins has about as many
	// numbers in each; later columns are compared with it.
	Histogram *Histogram `json:"histogram,omitempty"`
	Bins      *Histogram `json:"bins,omitempty"`
	// Top are the most frequent values, the most frequent first, if there are few
	// different ones, whose number is Distinct.
	Distinct int     `json:"distinct,omitempty"`
	Top      []Count `json:"top,omitempty"`
}

// Quantile is the number below which a share of the numbers lies.
type Quantile struct {
	P     float64 `json:"p"`
	Value float64 `json:"value"`
}

// Histogram counts the numbers between edges: Counts[i] are below Edges[i] and
// not below Edges[i-1]. If Outer is set, the first and the last count are of
// numbers outside all edges, else the first and last edge are the ends.
type Histogram struct {
	Outer  bool      `json:"outer,omitempty"`
	Edges  []float64 `json:"edges"`
	Counts []int64   `json:"counts"`
}

// Count is how often a value comes.
type Count struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// Labels describes text. If Sampled is set, there were too many labels to count
// all of them: Distinct is an estimate, and Top is empty.
type Labels struct {
	Distinct int64   `json:"distinct"`
	Sampled  bool    `json:"sampled,omitempty"`
	Top      []Count `json:"top,omitempty"` // the most frequent first
	Other    int64   `json:"other"`         // values that are not in Top
}

// Lists describes lists of numbers, such as vectors: nulls within a list count as
// NaN. Lists of other things have a length only.
type Lists struct {
	Length Numbers `json:"length"`
	// Elements are the numbers at each position, unless some list is long; Norm
	// is the Euclidean one, if some is.
	Elements []Numbers `json:"elements,omitempty"`
	Norm     *Numbers  `json:"norm,omitempty"`
}

// Column returns the column of that name.
func (s *Summary) Column(name string) (Column, bool) {
	for _, c := range s.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// How much is shown of a column.
const (
	maxTop        = 20 // labels and values
	histogramBins = 20
	equalBins     = 10
)

var shownQuantiles = []float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99}
