// Command data makes the inputs of the demo and the benchmarks: a table in
// Parquet and the bundles that score it. By default these are rental listings
// with a linear model (listings.lr.zip) and a forest (listings.rf.zip); package
// shapes says which other shapes there are. The same flags give the same rows
// and models.
//
//	go run ./benchmarks/data -out DIR -rows N -files N
//	go run ./benchmarks/data -out DIR -rows N -days N
//	go run ./benchmarks/data -out DIR -shape columns -columns 2000
//	go run ./benchmarks/data -show N GLOB
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"path/filepath"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/benchmarks/data/shapes"
	"leapscore/sources"
	"leapscore/sources/files"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "demo", "folder to write to")
	rows := flag.Int("rows", 100_000, "rows of the table")
	files := flag.Int("files", 2, "files of the table; with 0, only the bundles are made")
	days := flag.Int("days", 0, "instead of -files: one file for each of as many days, in folders ds=2026-11-26 and so on")
	kind := flag.String("shape", "listings", "listings, ten, columns, text, classes, labels or boosted")
	trees := flag.Int("trees", 20, "trees of the forest")
	depth := flag.Int("depth", 5, "depth of the trees")
	size := flag.Int("columns", 0, "columns of columns (2000), elements of the vectors of text (1000000), classes of classes (50), strings of labels (1000000)")
	show := flag.Int("show", 0, "print the first rows of the files that the arguments name")
	flag.Parse()
	ctx := context.Background()
	if *show > 0 {
		if err := showRows(ctx, *show, flag.Args()); err != nil {
			log.Fatal(err)
		}
		return
	}
	s, err := shape(*kind, *size, *trees, *depth)
	if err != nil {
		log.Fatal(err)
	}
	if err := write(ctx, s, *out, *rows, *files, *days); err != nil {
		log.Fatal(err)
	}
}

func write(ctx context.Context, s shapes.Shape, out string, rows, files, days int) error {
	table := filepath.Join(out, s.Name)
	if err := s.WriteModels(out); err != nil {
		return err
	}
	if days > 0 {
		return s.WriteDays(ctx, table, rows, days)
	}
	return s.WriteTable(ctx, table, rows, files)
}

func shape(name string, size, trees, depth int) (shapes.Shape, error) {
	or := func(def int) int {
		if size > 0 {
			return size
		}
		return def
	}
	switch name {
	case "listings":
		return shapes.Listings(trees, depth), nil
	case "ten":
		return shapes.Ten(), nil
	case "columns":
		return shapes.Columns(or(2000)), nil
	case "text":
		return shapes.Text(or(1_000_000)), nil
	case "classes":
		return shapes.Classes(or(50), trees, depth), nil
	case "labels":
		return shapes.Labels(or(1_000_000)), nil
	case "boosted":
		return shapes.Boosted(trees, depth), nil
	}
	return shapes.Shape{}, fmt.Errorf("shape %q: want listings, ten, columns, text, classes, labels or boosted", name)
}

// showRows prints the first n rows as text.
func showRows(ctx context.Context, n int, globs []string) error {
	src, err := files.Open(ctx, globs, sources.Options{})
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
