package sinks_test

import (
	"fmt"
	"testing"

	"leapscore/engine/store"
	"leapscore/sinks"
	"leapscore/sinks/sinktest"
)

// BenchmarkTable writes a table to disk, rows made up as they go.
func BenchmarkTable(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint("workers=", workers), func(b *testing.B) {
			st, dir, err := store.Open(b.Context(), b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			j := sinktest.NewJob("r", sinks.ModeOverwrite)
			j.Options.FileRows, j.Options.GroupRows = 0, 0
			j.Parts = nil
			for range 16 {
				j.Parts = append(j.Parts, sinks.DefaultGroupRows)
			}
			j.Workers, j.Batch = workers, 8192
			for b.Loop() {
				if _, err := j.Run(b.Context(), folder(st, dir+"/preds").Create); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(j.Rows())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
