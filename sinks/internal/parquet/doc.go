// Package parquet encodes Arrow records as Parquet files. It writes only, it
// knows nothing of tables or stores, and it never looks at rows one by one
// where a column can be copied as a whole.
//
// A Schema is made once from an Arrow schema. A Group collects the rows of one
// row group: each leaf of the schema has a column that holds definition and
// repetition levels as bytes and the values that are not null in the form that
// PLAIN pages have. Encode turns the columns into compressed pages, on any
// goroutine; a File strings encoded groups together and ends with the footer.
// The bytes depend on the rows and the options only: not on how rows came in
// batches, nor on whether strings came as dictionaries.
//
// What is written: data pages of version 1 of about 1 MiB, with checksums;
// dictionary pages for strings and numbers with few distinct values; min, max,
// null count and their exactness for each column chunk. No page index, no bloom
// filters, no encryption.
//
// Structures, RLE and codecs come from github.com/parquet-go/parquet-go.
package parquet
