// Package compare compares the columns of two models, row by row: how many
// predictions are equal, how far the others are apart, whether they order the
// rows alike, and how their distributions differ.
//
// It reads a source once. All figures are exact, rank correlation and bins among
// them: numbers are sorted outside of memory, in temporary files, once they take
// more than Options.Memory. The figures do not depend on the files that the rows
// lie in nor on batches; sums are taken in the order of the rows.
//
// A Request is what to compare, as data: it names files or a query, opens them,
// and chooses columns. Table compares columns of a source that is open already.
//
// It scores nothing and decides nothing: its caller judges the differences.
package compare
