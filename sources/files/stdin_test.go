package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"leapscore/sources"
	"leapscore/sources/files"
	"leapscore/sources/sourcetest"
)

func TestStreamsReadAsTheFilesDo(t *testing.T) {
	csv, json := sourcetest.TextRows(2000)
	tests := []struct {
		name   string
		format sources.Format
		data   []byte
		file   string
	}{
		{"CSV by its first bytes", "", []byte(csv), "a.csv"},
		{"CSV", sources.CSV, []byte(csv), "a.csv"},
		{"CSV of a header", "", []byte("a,b"), "a.csv"},
		{"JSON lines", sources.JSON, []byte(json), "a.json"},
		{"Arrow by its first bytes", "", sourcetest.Numbers(t, false, 300_000, 5), "a.arrows"},
		{"Arrow", sources.ArrowStream, sourcetest.Numbers(t, false, 1), "a.arrows"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := sourcetest.Open(t, sources.Options{Opener: sourcetest.OneFile(tt.file, tt.data)}, "x")
			want, err := sourcetest.TextColumns(file, sourcetest.ColumnNames(file))
			if err != nil {
				t.Fatal(err)
			}
			s, err := sourcetest.OpenStream(tt.format, iotest.HalfReader(bytes.NewReader(tt.data)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := sourcetest.TextColumns(s, sourcetest.ColumnNames(s))
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Diff(t, want, got)
			if _, err = sourcetest.TextColumns(s, sourcetest.ColumnNames(s)); err == nil || !strings.Contains(err.Error(), "once") {
				t.Errorf("second scan: error %v, want one that says that it is read once", err)
			}
		})
	}
}

// stopped gives its bytes and then never ends.
type stopped struct {
	io.Reader
	t *testing.T
}

func (s stopped) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	if err == io.EOF {
		s.t.Error("more was read than the schema needs")
	}
	return n, err
}

func TestSchemasOfStreamsAreKnownBeforeTheRowsCome(t *testing.T) {
	data := sourcetest.Numbers(t, false, 3)
	if s, err := sourcetest.OpenStream("", stopped{bytes.NewReader(data[:len(data)-40]), t}); err != nil || sourcetest.ColumnNames(s)[0] != "n" {
		t.Errorf("Arrow: %v", err)
	}
	if s, err := sourcetest.OpenStream("", stopped{strings.NewReader("a,b\n1"), t}); err != nil || sourcetest.ColumnNames(s)[1] != "b" {
		t.Errorf("CSV: %v", err)
	}
}

func TestStreamsThatCannotBeReadSaySo(t *testing.T) {
	tests := []struct {
		name   string
		format sources.Format
		data   []byte
		want   string
	}{
		{"empty", "", nil, "is empty"},
		{"Parquet", "", []byte("PAR1...."), "is Parquet"},
		{"Arrow file", "", sourcetest.Numbers(t, true, 3), "is an Arrow IPC file"},
		{"Parquet wanted", sources.Parquet, []byte("PAR1...."), "cannot be read from a stream"},
		{"no Arrow", sources.ArrowStream, []byte("a,b\n1,2\n"), "no Arrow IPC"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sourcetest.OpenStream(tt.format, bytes.NewReader(tt.data))
			var fe *sources.FileError
			if !errors.As(err, &fe) || fe.Name != "-" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one of - that says %q", err, tt.want)
			}
		})
	}
}

func TestStandardInputIsAlone(t *testing.T) {
	_, err := files.Open(context.Background(), []string{"-", "a.csv"}, sources.Options{Stdin: strings.NewReader("a\n")})
	if err == nil || !strings.Contains(err.Error(), "standard input") {
		t.Errorf("error %v, want one about standard input", err)
	}
}
