package engine_test

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
	"leapscore/engine"
	"leapscore/engine/enginetest"
	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sql"
)

// realDir is the variable with a folder of bundles that others published:
// airbnb.model.lr.zip and airbnb.model.rf.zip, which come with MLeap's demo.
// Where it is set, they are cases beside the project's own.
const realDir = "LEAPSCORE_REAL"

// example is a bundle with rows for it.
type example struct {
	name   string
	files  bundletest.Files
	source func(split, batch int) sources.Source
}

func examples(t *testing.T) []example {
	t.Helper()
	rows := enginetest.Homes(1, 400, 0)
	some := enginetest.Homes(2, 400, 5)
	var cases []example
	add := func(name string, files bundletest.Files, rows []enginetest.Home) {
		cases = append(cases, example{name, files, func(split, batch int) sources.Source { return homes(rows, split, batch) }})
	}
	add("linear", enginetest.Linear("error").Files(), rows)
	add("forest", enginetest.Forest("keep").Files(), rows)
	add("linear with bad rows", enginetest.Linear("error").Files(), some)
	add("forest that skips rows", enginetest.Forest("skip").Files(), some)
	if dir := os.Getenv(realDir); dir != "" {
		for _, name := range []string{"airbnb.model.lr", "airbnb.model.rf"} {
			cases = append(cases, example{name, unzip(t, filepath.Join(dir, name+".zip")), listings})
		}
	}
	return cases
}

func unzip(t *testing.T, path string) bundletest.Files {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := bundletest.Files{}
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return files
}

// listings are rows as the airbnb bundles want them.
func listings(split, batch int) sources.Source {
	words := map[string][]string{
		"state": {"Other", "NY", "CA", "London"}, "room_type": {"Entire home/apt", "Private room", "Shared room"},
		"host_is_superhost": {"0.0", "1.0"}, "cancellation_policy": {"strict", "moderate", "flexible"}, "instant_bookable": {"0.0", "1.0"},
	}
	fields := []arrow.Field{{Name: "listing_id", Type: arrow.PrimitiveTypes.Int64}}
	for _, n := range []string{
		"bathrooms", "square_feet", "bedrooms", "security_deposit", "cleaning_fee", "extra_people", "number_of_reviews", "review_scores_rating",
	} {
		fields = append(fields, arrow.Field{Name: n, Type: arrow.PrimitiveTypes.Float64, Nullable: true})
	}
	for _, n := range []string{"state", "room_type", "host_is_superhost", "cancellation_policy", "instant_bookable"} {
		fields = append(fields, arrow.Field{Name: n, Type: arrow.BinaryTypes.String, Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	return &smallSource{
		schema: schema, rows: 400, split: split, batch: batch,
		record: func(mem memory.Allocator, lo, hi int) arrow.Record {
			b := array.NewRecordBuilder(mem, schema)
			defer b.Release()
			for row := lo; row < hi; row++ {
				for i, f := range fields {
					switch to := b.Field(i).(type) {
					case *array.Int64Builder:
						to.Append(int64(row))
					case *array.Float64Builder:
						to.Append(float64(row*(i+3)%97) / 4)
					case *array.StringBuilder:
						to.Append(words[f.Name][row*(i+5)%7%len(words[f.Name])])
					}
				}
			}
			return b.NewRecord()
		},
	}
}

// forms are the ways in which a bundle can be stored.
func forms(t *testing.T, files bundletest.Files) map[string]*bundle.Bundle {
	t.Helper()
	proto, err := bundletest.Convert(files.FS(), bundle.FormatProtobuf)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*bundle.Bundle{}
	for form, files := range map[string]bundletest.Files{"json": files, "protobuf": proto} {
		dir := filepath.Join(t.TempDir(), "model")
		if err := files.Write(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+".zip", files.Zip(), 0o644); err != nil {
			t.Fatal(err)
		}
		for kind, path := range map[string]string{"folder": dir, "zip": dir + ".zip"} {
			if found[kind+" "+form], err = bundle.Open(path, bundle.Limits{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return found
}

// What is written depends on the rows, the model and the id of the run, and
// neither on who did the work nor on how the model is stored.
func TestBytesDoNotDependOnWorkersBatchesOrTheFormOfTheBundle(t *testing.T) {
	for _, c := range examples(t) {
		t.Run(c.name, func(t *testing.T) {
			var want map[string]string
			for form, b := range forms(t, c.files) {
				m := loadBundle(t, b)
				for _, workers := range []int{1, 2, 7} {
					for _, batch := range []int{1, 100, 8192} {
						d, _ := score(t, engine.Job{
							Model: m, Source: c.source(25, 6), Outputs: []string{"all"}, Keep: []string{"all"},
							Workers: workers, BatchRows: batch, Reject: true,
						})
						got := d.files(t)
						if want == nil {
							want = got
						}
						if diff := cmp.Diff(names(want), names(got)); diff != "" {
							t.Fatalf("%s, %d workers, batches of %d: other files (-want +got):\n%s", form, workers, batch, diff)
						}
						for name := range want {
							if want[name] != got[name] {
								t.Errorf("%s, %d workers, batches of %d: %s differs", form, workers, batch, name)
							}
						}
					}
				}
			}
			if len(want) < 3 {
				t.Errorf("%d files, want several of the table and one of rejects", len(want))
			}
		})
	}
}

// The source's own batches and splits must not show in the values either.
func TestRowsDoNotDependOnTheFormatOfTheSource(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	rows := enginetest.Homes(3, 2000, 7)
	for _, err := range []error{
		enginetest.WriteParquet(at("homes.parquet"), rows, 300),
		enginetest.WriteParquet(at("1.parquet"), rows[:700], 100),
		enginetest.WriteParquet(at("2.parquet"), rows[700:], 5000),
		enginetest.WriteCSV(at("homes.csv"), rows), enginetest.WriteJSON(at("homes.json"), rows),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	types := map[string]arrow.DataType{
		"id": arrow.PrimitiveTypes.Int64, "city": arrow.BinaryTypes.String, "kind": arrow.BinaryTypes.String,
		"rooms": arrow.PrimitiveTypes.Float64, "area": arrow.PrimitiveTypes.Float64,
	}
	open := map[string]func() (sources.Source, error){
		"small splits": func() (sources.Source, error) { return homes(rows, 99, 10), nil },
		"sql": func() (sources.Source, error) {
			return sql.Open(t.Context(), fmt.Sprintf("SELECT *, id + 1 AS next FROM '%s' WHERE id >= 0", at("homes.parquet")), sql.Options{Threads: 2})
		},
	}
	for name, globs := range map[string][]string{
		"parquet": {at("homes.parquet")}, "two files": {at("[12].parquet")}, "csv": {at("homes.csv")}, "json": {at("homes.json")},
	} {
		open[name] = func() (sources.Source, error) {
			return files.Open(t.Context(), globs, sources.Options{Types: types})
		}
	}
	for _, model := range []bundletest.Bundle{enginetest.Linear("error"), enginetest.Forest("skip")} {
		m := load(t, model)
		var want table
		for name, open := range open {
			src, err := open()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			d, manifest := score(t, engine.Job{
				Model: m, Source: src, Outputs: []string{"all"}, Keep: []string{"id", "city", "note"}, Workers: 2, Reject: true,
			})
			if err := src.Close(); err != nil {
				t.Error(err)
			}
			got := d.read(t, "out")
			if manifest.RowsIn != int64(len(rows)) || manifest.Rejected == 0 {
				t.Errorf("%s: %d rows in, %d rejected", name, manifest.RowsIn, manifest.Rejected)
			}
			if want.cols == nil {
				want = got
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(table{})); diff != "" {
				t.Errorf("%s, model %s: other rows (-want +got):\n%s", name, model.Name, diff)
			}
		}
	}
}
