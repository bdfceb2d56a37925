package files_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	parquetgo "github.com/parquet-go/parquet-go"

	"leapscore/internal/testseed"
	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

// The rows of all shards, one after the other, are those of the files, whatever their
// format, their number and their row groups.
func TestShardsHaveAllRowsInOrder(t *testing.T) {
	for _, format := range []sources.Format{sources.Parquet, sources.CSV, sources.JSON} {
		t.Run(string(format), func(t *testing.T) {
			for seed := range testseed.Seeds(t, 12) {
				r := rand.New(rand.NewPCG(seed, 2))
				dir := t.TempDir()
				rows := writeNumbered(t, r, dir, format)
				opt := sources.Options{Format: format, Fill: r.IntN(3) == 0, Remote: r.IntN(2) == 0}
				shards := 1 + r.IntN(9)
				var got []string
				for i := range shards {
					opt.Shard = &sources.Shard{Index: i, Count: shards}
					got = append(got, idsOf(t, opt, dir)...)
				}
				if want := numbers(rows); strings.Join(got, " ") != strings.Join(want, " ") {
					t.Fatalf("seed %d: %d shards have rows %.300s, want 0 to %d", seed, shards, strings.Join(got, " "), rows-1)
				}
			}
		})
	}
}

func idsOf(t *testing.T, opt sources.Options, dir string) []string {
	t.Helper()
	src := sourcetest.Open(t, opt, dir+"/*")
	defer src.Close()
	ids := sourcetest.ReadAll(t, src, memory.DefaultAllocator, []string{"id"}, 3).Column(0)
	for i := range ids {
		ids[i] = strings.Trim(ids[i], `"`) // columns of CSV are text
	}
	return ids
}

func numbers(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

type numbered struct {
	ID   int64  `parquet:"id" json:"id"`
	Text string `parquet:"text" json:"text"`
}

// writeNumbered writes files with the numbers from 0 on, and returns how many.
func writeNumbered(t *testing.T, r *rand.Rand, dir string, format sources.Format) (total int) {
	t.Helper()
	for i := range 1 + r.IntN(5) {
		var rows []numbered
		for range 1 + r.IntN(400) {
			rows = append(rows, numbered{int64(total), strings.Repeat("x", r.IntN(40))})
			total++
		}
		name := filepath.Join(dir, fmt.Sprintf("%02d.%s", i, format))
		var err error
		switch format {
		case sources.Parquet:
			err = parquetgo.WriteFile(name, rows, parquetgo.MaxRowsPerRowGroup(1+r.Int64N(200)))
		case sources.CSV:
			text := "id,text\n"
			for _, row := range rows {
				text += fmt.Sprintf("%d,%s\n", row.ID, row.Text)
			}
			err = os.WriteFile(name, []byte(text), 0o644)
		default:
			var text []byte
			for _, row := range rows {
				line, _ := json.Marshal(row)
				text = append(append(text, line...), '\n')
			}
			err = os.WriteFile(name, text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return total
}
