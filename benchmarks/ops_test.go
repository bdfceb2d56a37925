package benchmarks

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/pipeline"
	"leapscore/models"
	"leapscore/models/mleap"
	"leapscore/ops/builtin"
	"leapscore/ops/column"
	"leapscore/ops/opstest"
	"leapscore/sources"
	"leapscore/sources/files"
)

var casesFolder = flag.String("cases", "", "folder of cases for BenchmarkOps, each a folder with bundle.zip and input.parquet")

// BenchmarkOps measures the models of -cases, each over one batch of its own rows
// again and again, through the pipeline as a job runs it, on one goroutine. Rows that
// the model refuses are left out. Without -cases it measures the case files of all ops.
func BenchmarkOps(b *testing.B) {
	pattern := "../ops/*/testdata/*.txt"
	if *casesFolder != "" {
		pattern = filepath.Join(*casesFolder, "*", "bundle.zip")
	}
	found, err := filepath.Glob(pattern)
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range found {
		if *casesFolder == "" {
			b.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(b *testing.B) { opstest.BenchFile(b, builtin.Registry(), path) })
			continue
		}
		dir := filepath.Dir(path)
		if strings.Contains(dir, "__error") {
			continue
		}
		b.Run(filepath.Base(dir), func(b *testing.B) { benchCase(b, path, filepath.Join(dir, "input.parquet")) })
	}
}

func benchCase(b *testing.B, model, input string) {
	m, err := mleap.Open(b.Context(), model, models.Options{})
	if err != nil {
		b.Fatal(err)
	}
	src, err := files.Open(b.Context(), []string{input}, sources.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer src.Close()
	p, err := m.Bind(src.Schema(), pipeline.Options{Outputs: m.FinalOutputs(), Cast: pipeline.CastMLeap})
	if err != nil {
		b.Fatal(err)
	}
	cols := readColumns(b, src, p.Columns)
	if len(cols) == 0 || cols[0].Len() == 0 {
		return
	}
	opstest.Measure(b, p, memory.DefaultAllocator, tile(b, p, cols))
}

// readColumns reads the named columns of a small source.
func readColumns(b *testing.B, src sources.Source, names []string) []arrow.Array {
	b.Helper()
	parts := make([][]arrow.Array, len(names))
	err := sources.Each(b.Context(), src, names, memory.DefaultAllocator, func(batch sources.Batch) error {
		for i, c := range batch.Columns() {
			c.Retain()
			parts[i] = append(parts[i], c)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return join(b, parts)
}

// join makes one array of the arrays of each column.
func join(b *testing.B, parts [][]arrow.Array) []arrow.Array {
	b.Helper()
	cols := make([]arrow.Array, len(parts))
	for i, p := range parts {
		c, err := array.Concatenate(p, memory.DefaultAllocator)
		if err != nil {
			b.Fatal(err)
		}
		cols[i] = c
	}
	return cols
}

// tile repeats the rows that the model takes until they are a batch.
func tile(b *testing.B, p *pipeline.Pipeline, cols []arrow.Array) []arrow.Array {
	b.Helper()
	res, err := p.Run(memory.DefaultAllocator, cols, cols[0].Len())
	if err != nil {
		b.Fatal(err)
	}
	taken, err := column.Filter(memory.DefaultAllocator, cols, cols[0].Len(), func(row int) bool {
		_, refused := res.Rejected(row)
		return !refused
	})
	if err != nil {
		b.Fatal(err)
	}
	parts := make([][]arrow.Array, len(cols))
	for i, c := range taken {
		for range (batchRows + c.Len() - 1) / c.Len() {
			parts[i] = append(parts[i], c)
		}
	}
	all := join(b, parts)
	for i, c := range all {
		all[i] = array.NewSlice(c, 0, batchRows)
	}
	return all
}
