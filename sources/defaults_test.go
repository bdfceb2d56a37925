package sources_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/scalar"

	"leapscore/sources"
	"leapscore/sources/sourcetest"
)

func TestDefaultsConform(t *testing.T) {
	dir := numberFiles(t, 40, 0, 35)
	sourcetest.RunConformance(t, sourcetest.Config{
		Rows: 75,
		Open: func(tb testing.TB) sources.Source {
			return sources.WithDefaults(sourcetest.Open(tb, sources.Options{BatchRows: 9}, dir), []sources.Default{
				{Name: "price", Value: scalar.NewFloat64Scalar(1.5)},
				{Name: "word", Value: scalar.NewStringScalar("not used")},
				{Name: "town", Value: scalar.MakeNullScalar(arrow.BinaryTypes.String)},
			})
		},
	})
}

func TestDefaultsAreColumnsThatTheSourceLacks(t *testing.T) {
	src := sources.WithDefaults(sourcetest.Open(t, sources.Options{}, numberFiles(t, 2)), []sources.Default{
		{Name: "price", Value: scalar.NewFloat64Scalar(1.5)},
		{Name: "word", Value: scalar.NewStringScalar("not used")},
	})
	got, err := sourcetest.TextColumns(src, []string{"word", "price"})
	if err != nil {
		t.Fatal(err)
	}
	sourcetest.Diff(t, map[string][]string{"word": {`"w0"`, `"w1"`}, "price": {"1.5", "1.5"}}, got)
}
