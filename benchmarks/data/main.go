// Command data makes what the demo and the benchmarks run on: tables of rental
// listings in Parquet and two bundles that score them, a linear model
// (listings.lr.zip) and a forest (listings.rf.zip). The same flags give the
// same rows and models.
//
//	go run ./benchmarks/data -out DIR -rows N -files N
//	go run ./benchmarks/data -show N GLOB
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sources"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "demo", "folder to write to")
	rows := flag.Int("rows", 100_000, "rows of the table")
	files := flag.Int("files", 2, "files of the table")
	trees := flag.Int("trees", 20, "trees of the forest")
	depth := flag.Int("depth", 5, "depth of the trees")
	show := flag.Int("show", 0, "print the first rows of the files that the arguments name")
	flag.Parse()
	ctx := context.Background()
	var err error
	if *show > 0 {
		err = showRows(ctx, *show, flag.Args())
	} else {
		err = errors.Join(writeModels(*out, *trees, *depth), writeTable(ctx, filepath.Join(*out, "listings"), *rows, *files))
	}
	if err != nil {
		log.Fatal(err)
	}
}

// writeTable writes files of about equal length, each in one split.
func writeTable(ctx context.Context, dir string, rows, files int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for f := range files {
		lo, hi := rows*f/files, rows*(f+1)/files
		if err := writeFile(ctx, filepath.Join(dir, fmt.Sprintf("listings-%05d.parquet", f)), lo, hi); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(ctx context.Context, path string, lo, hi int) (err error) {
	st, name, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	t, err := sinks.CreateFile(ctx, st, name, sinks.Options{Schema: listingSchema, RunID: "data", Mode: sinks.Overwrite})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Abort(ctx)) }()
	part, err := t.Part(ctx, 0)
	if err != nil {
		return err
	}
	for ; lo < hi; lo += batchRows {
		rec := listings(lo, min(lo+batchRows, hi))
		err := part.Write(rec)
		rec.Release()
		if err != nil {
			part.Abort()
			return err
		}
	}
	if err := part.Commit(ctx); err != nil {
		return err
	}
	_, err = t.Commit(ctx, sinks.Run{ID: "data"})
	return err
}

const batchRows = 8192

// showRows prints the first n rows as text.
func showRows(ctx context.Context, n int, globs []string) error {
	src, err := sources.OpenFiles(ctx, globs, sources.Options{})
	if err != nil {
		return err
	}
	defer src.Close()
	var cols []string
	for _, f := range src.Schema().Fields() {
		cols = append(cols, f.Name)
	}
	scan, err := src.Scan(ctx, cols)
	if err != nil {
		return err
	}
	defer scan.Close()
	split, err := scan.Next()
	if err != nil {
		return err
	}
	r, err := split.Open(ctx, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	defer r.Close()
	for n > 0 {
		b, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		for row := 0; row < int(b.NumRows()) && n > 0; row, n = row+1, n-1 {
			for i, c := range b.Columns() {
				fmt.Printf("%s=%s  ", cols[i], c.ValueStr(row))
			}
			fmt.Println()
		}
		b.Release()
	}
	return nil
}

var (
	listingSchema = arrow.NewSchema(listingFields(), nil)
	numbers       = []struct {
		name       string
		lo, step   float64
		n          uint64
		weight     float64
		mean, sdev float64
	}{
		{"bathrooms", 0, 0.5, 9, 14.5, 2, 1.3},
		{"square_feet", 100, 0.01, 300_000, 21.25, 1600, 866},
		{"bedrooms", 0, 1, 8, 33.0625, 3.5, 2.3},
		{"security_deposit", 0, 1, 1000, 4.75, 499.5, 288.7},
		{"cleaning_fee", 0, 1, 200, 11.125, 99.5, 57.7},
		{"extra_people", 0, 1, 100, 2.5, 49.5, 28.9},
		{"number_of_reviews", 0, 1, 400, -3.375, 199.5, 115.5},
		{"review_scores_rating", 20, 1, 80, 6.75, 59.5, 23.1},
	}
	words = []struct {
		name   string
		labels []string
	}{
		{"state", []string{"Other", "NY", "CA", "London", "Berlin", "IL", "TX", "WA", "DC", "OR"}},
		{"room_type", []string{"Entire home/apt", "Private room", "Shared room"}},
		{"host_is_superhost", []string{"0.0", "1.0"}},
		{"cancellation_policy", []string{"strict", "moderate", "flexible", "super_strict_30", "super_strict_60", "no_refunds", "long_term"}},
		{"instant_bookable", []string{"0.0", "1.0"}},
	}
)

func listingFields() []arrow.Field {
	fields := []arrow.Field{{Name: "listing_id", Type: arrow.PrimitiveTypes.Int64}, {Name: "host_name", Type: arrow.BinaryTypes.String}}
	for _, c := range numbers {
		fields = append(fields, arrow.Field{Name: c.name, Type: arrow.PrimitiveTypes.Float64, Nullable: true})
	}
	for _, c := range words {
		fields = append(fields, arrow.Field{Name: c.name, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	return fields
}

// mix is splitmix64: a good hash of row and column.
func mix(row, col int) uint64 {
	z := uint64(row)*0x9E3779B97F4A7C15 + uint64(col)*0xD1B54A32D192ED03
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// listings returns the rows [lo, hi).
func listings(lo, hi int) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, listingSchema)
	defer b.Release()
	for row := lo; row < hi; row++ {
		b.Field(0).(*array.Int64Builder).Append(int64(row))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("host-%d", mix(row, 1)%100_000))
		for i, c := range numbers {
			x := c.lo + float64(float64(mix(row, 2+i)%c.n)*c.step)
			b.Field(2 + i).(*array.Float64Builder).Append(x)
		}
		for i, c := range words {
			at := 2 + len(numbers) + i
			b.Field(at).(*array.StringBuilder).Append(c.labels[mix(row, at)%uint64(len(c.labels))])
		}
	}
	return b.NewRecord()
}
