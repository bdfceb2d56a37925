package memory

import "testing"

func TestSizesOfMemory(t *testing.T) {
	for text, want := range map[string]int64{
		"2GiB": 2 << 30, "2gib": 2 << 30, "2G": 2 << 30, "512MiB": 512 << 20, "1GB": 1e9, "1.5 GB": 15e8, "134217728": 1 << 27, "1TiB": 1 << 40,
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GiB", "two", "2 gigabytes", "-2GiB", "nan", "inf", "1e300TiB", "127MiB", "0", "2GiBs"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestWorkersFitIntoMemory(t *testing.T) {
	for _, c := range []struct {
		mem     int64
		query   bool
		columns int
		wanted  int
		want    int
	}{
		{2 << 30, false, 15, 8, 8},
		{2 << 30, true, 15, 8, 8},
		{2 << 30, false, 15, 500, 42},
		{2 << 30, false, 2000, 64, 3},
		{2 << 30, true, 2000, 64, 1},
		{minMemory, false, 15, 64, 1},
		{MinQuery, true, 15, 64, 1},
	} {
		if got := Workers(c.mem, c.query, c.columns, c.wanted); got != c.want {
			t.Errorf("%+v: %d workers", c, got)
		}
	}
}
