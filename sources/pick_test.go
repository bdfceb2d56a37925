package sources_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

// numberFiles writes rows 0 to n-1 as CSV, over several files, and returns a pattern
// for them.
func numberFiles(t *testing.T, files ...int) string {
	t.Helper()
	dir := t.TempDir()
	at := 0
	for i, n := range files {
		b := strings.Builder{}
		b.WriteString("id,word\n")
		for range n {
			fmt.Fprintf(&b, "%d,w%d\n", at, at%7)
			at++
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.csv", i)), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLimitConforms(t *testing.T) {
	for _, format := range []string{"csv", "parquet"} {
		t.Run(format, func(t *testing.T) {
			dir := numberFiles(t, 40, 0, 35, 60)
			sourcetest.RunConformance(t, sourcetest.Config{
				Rows: 77,
				Open: func(tb testing.TB) sources.Source {
					if format == "csv" {
						return sources.Limit(sourcetest.Open(tb, sources.Options{BatchRows: 9}, dir), 77)
					}
					s := sourcetest.Open(tb, sources.Options{BatchRows: 50}, filepath.Join("parquet", "testdata", "pyarrow_gzip.parquet"))
					return sources.Limit(sourcetest.Narrow(s, "req", "s"), 77)
				},
			})
		})
	}
}

// counting counts the batches that are read and keeps each file a split.
type counting struct {
	sources.Source
	batches, opened atomic.Int64
}

func (c *counting) Scan(ctx context.Context, cols []string) (sources.Scan, error) {
	s, err := c.Source.Scan(ctx, cols)
	return &countingScan{s, c}, err
}

type countingScan struct {
	sources.Scan
	c *counting
}

func (s *countingScan) Next() (sources.Split, error) {
	split, err := s.Scan.Next()
	open := split.Open
	split.Open = func(ctx context.Context, mem memory.Allocator) (sources.Reader, error) {
		s.c.opened.Add(1)
		r, err := open(ctx, mem)
		return countingReader{r, s.c}, err
	}
	return split, err
}

type countingReader struct {
	sources.Reader
	c *counting
}

func (r countingReader) Next() (sources.Batch, error) {
	r.c.batches.Add(1)
	return r.Reader.Next()
}

// The first rows are those of the order of the source, whoever reads them, and
// what lies behind them is not read.
func TestLimitGivesTheFirstRowsAndReadsNoFurther(t *testing.T) {
	for _, known := range []bool{false, true} {
		all := splitSource{sizes: []int{30, 0, 50, 20, 100}, known: known}
		for _, n := range []int64{1, 29, 30, 31, 80, 99, 200, 1000} {
			for _, workers := range []int{1, 2, 7} {
				src := &counting{Source: all}
				got := sourcetest.ReadAll(t, sources.Limit(src, n), memory.DefaultAllocator, []string{"id"}, workers).Column(0)
				var want []string
				for i := range min(n, 200) {
					want = append(want, fmt.Sprint(i))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("known %v, limit %d, %d workers (-want +got):\n%s", known, n, workers, diff)
				}
				if n == 1 && src.opened.Load() != 1 {
					t.Errorf("known %v, %d workers: %d splits were opened for one row", known, workers, src.opened.Load())
				}
				if n == 29 && src.batches.Load() > 3 {
					t.Errorf("known %v, %d workers: %d batches of 10 were read for 29 rows", known, workers, src.batches.Load())
				}
			}
		}
	}
}

// A split that cannot be read does not hold up those behind it.
func TestLimitGoesOnBehindASplitThatFails(t *testing.T) {
	scan, err := sources.Limit(splitSource{sizes: []int{10, 10, 10}, fail: 1}, 15).Scan(t.Context(), []string{"id"})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for {
		split, err := scan.Next()
		if err == io.EOF {
			break
		}
		r, err := split.Open(t.Context(), memory.DefaultAllocator)
		if err != nil {
			continue
		}
		for {
			b, err := r.Next()
			if err != nil {
				break
			}
			rows += int(b.NumRows())
			b.Release()
		}
		r.Close()
	}
	if rows != 15 {
		t.Errorf("%d rows, want 15 of the first and the third split", rows)
	}
}

func sampleOf(t *testing.T, src sources.Source, percent float64, keys ...string) []string {
	t.Helper()
	s, err := sources.Sample(src, percent, keys)
	if err != nil {
		t.Fatal(err)
	}
	got := sourcetest.ReadAll(t, s, memory.DefaultAllocator, []string{"id"}, 3).Column(0)
	slices.SortFunc(got, func(a, b string) int { return len(a)*1000 - len(b)*1000 + strings.Compare(a, b) })
	return got
}

func TestSampleDependsOnTheKeysAlone(t *testing.T) {
	ids := map[string]arrow.DataType{"id": arrow.PrimitiveTypes.Int64}
	want := sampleOf(t, sourcetest.Open(t, sources.Options{Types: ids}, numberFiles(t, 5000)), 5, "id")
	if n := len(want); n < 200 || n > 300 {
		t.Errorf("%d of 5000 rows, want about 5%%", n)
	}
	doubles := map[string]arrow.DataType{"id": arrow.PrimitiveTypes.Float64}
	for name, src := range map[string]sources.Source{
		"other files":       sourcetest.Open(t, sources.Options{Types: ids}, numberFiles(t, 17, 4000, 983)),
		"other batches":     sourcetest.Open(t, sources.Options{Types: ids, BatchRows: 3}, numberFiles(t, 5000)),
		"numbers as text":   sourcetest.Open(t, sources.Options{}, numberFiles(t, 5000)),
		"numbers as double": sourcetest.Open(t, sources.Options{Types: doubles}, numberFiles(t, 5000)),
		"splits":            splitSource{sizes: []int{1000, 3999, 1}},
	} {
		got := sampleOf(t, src, 5, "id")
		for i := range got {
			got[i] = strings.Trim(got[i], `"`)
		}
		slices.SortFunc(got, func(a, b string) int { return len(a)*1000 - len(b)*1000 + strings.Compare(a, b) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestLargerSamplesHaveTheRowsOfSmallerOnes(t *testing.T) {
	src := splitSource{sizes: []int{5000}}
	last := map[string]bool{}
	for _, percent := range []float64{0.5, 1, 10, 50, 99.9, 100} {
		now := map[string]bool{}
		for _, id := range sampleOf(t, src, percent, "id") {
			now[id] = true
		}
		for id := range last {
			if !now[id] {
				t.Errorf("row %s is in a smaller sample and not in that of %v%%", id, percent)
			}
		}
		if want := 5000 * percent / 100; float64(len(now)) < want-150 || float64(len(now)) > want+150 {
			t.Errorf("%d rows in a sample of %v%%", len(now), percent)
		}
		last = now
	}
	if len(last) != 5000 {
		t.Errorf("%d rows in a sample of 100%%", len(last))
	}
}

// The hash is part of the interface: these rows are in the sample for ever.
func TestSampleIsStable(t *testing.T) {
	got := sampleOf(t, splitSource{sizes: []int{400}}, 2, "id")
	if diff := cmp.Diff([]string{"4", "89", "102", "366", "376"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	byWord := sampleOf(t, sourcetest.Open(t, sources.Options{}, numberFiles(t, 70)), 40, "word")
	if len(byWord)%10 != 0 || len(byWord) == 0 || len(byWord) == 70 {
		t.Errorf("%d rows by word, want all or none of the ten of each", len(byWord))
	}
}

func TestSampledRowsKeepTheirPlaces(t *testing.T) {
	s, err := sources.Sample(splitSource{sizes: []int{300, 300}}, 10, []string{"id"})
	if err != nil {
		t.Fatal(err)
	}
	scan, err := s.Scan(t.Context(), []string{"id"})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for {
		split, err := scan.Next()
		if err == io.EOF {
			break
		}
		r, err := split.Open(t.Context(), memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			for i := range int(b.NumRows()) {
				if _, row := b.At(i); fmt.Sprint(row) != b.Column(0).ValueStr(i) {
					t.Errorf("row %s is said to be row %d", b.Column(0).ValueStr(i), row)
				}
				rows++
			}
			b.Release()
		}
		r.Close()
	}
	if rows == 0 {
		t.Error("no rows")
	}
}

func TestSampleRefusesWhatIsNoKey(t *testing.T) {
	src := splitSource{sizes: []int{1}}
	for _, c := range []struct {
		percent float64
		keys    []string
		want    string
	}{
		{0, []string{"id"}, "more than 0%"}, {101, []string{"id"}, "at most 100%"}, {5, nil, "needs a key"},
		{5, []string{"idd"}, `no column "idd"`}, {5, []string{"list"}, "is no key"},
	} {
		if _, err := sources.Sample(src, c.percent, c.keys); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v%% of %v: %v, want an error with %q", c.percent, c.keys, err, c.want)
		}
	}
}

func BenchmarkSample(b *testing.B) {
	s, err := sources.Sample(splitSource{sizes: []int{100_000}}, 1, []string{"id"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sourcetest.ReadAll(b, s, memory.DefaultAllocator, []string{"id"}, 1)
	}
}
