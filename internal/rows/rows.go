// Package rows opens the rows that a command reads: those of files or of a query, all
// of them or some.
package rows

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"leapscore/internal/duckfile"
	"leapscore/internal/fault"
	"leapscore/internal/filetype"
	"leapscore/internal/similar"
	"leapscore/internal/zone"
)

// Input says which rows are read. Its names are those of the flags, without input- in
// front.
type Input struct {
	Files          []string // patterns of files, by path or URL; or - for stdin
	Format         string   // one of Formats, or empty if names of files tell it
	AsFiles        bool     // files of Delta, Iceberg and other tables are read as they are
	RequireSuccess bool     // a folder without _SUCCESS is refused
	CSV            CSV      // how CSV is written

	// SQL is a query, and SQLFile a file that has one, in place of files. Database is a
	// file of DuckDB. Params are bound to names in the query.
	SQL, SQLFile, Database string
	Params                 map[string]string
	Timezone               string // of the query, by default that which DuckDB finds

	Limit      *int64 // how many rows, after Sample: at least 1, or nil for all
	Sample     string // a share, such as 1%
	SampleKeys []string
}

// Formats are the values of Format.
var Formats = filetype.Readable()

// Check returns what is wrong with an Input, as far as that shows without looking at
// files. The keys are the flags.
func (in Input) Check() []fault.Mistake {
	var wrong []fault.Mistake
	add := func(key, format string, args ...any) {
		wrong = append(wrong, fault.Mistake{Key: key, Err: fmt.Errorf(format, args...)})
	}
	in.checkPlaces(add)
	in.checkCSV(add)
	in.checkPick(add)
	return wrong
}

// Query reports whether the rows are those of a query.
func (in Input) Query() bool { return len(in.Files) == 0 }

// checkPlaces refuses files and queries that do not go together.
func (in Input) checkPlaces(add func(key, format string, args ...any)) {
	if in.Timezone != "" {
		if err := zone.Check(in.Timezone); err != nil {
			add("timezone", "timezone %q: %w", in.Timezone, err)
		}
	}
	n := 0
	for _, set := range []bool{in.SQL != "", in.SQLFile != "", len(in.Files) > 0} {
		if set {
			n++
		}
	}
	switch {
	case n == 0:
		add("input", "no rows to score: give --sql, --sql-file or --input")
	case n > 1:
		add("input", "--sql, --sql-file and --input exclude each other")
	case !in.Query() && (in.Database != "" || len(in.Params) > 0):
		add("db", "--db and --param go with --sql or --sql-file")
	case slices.Contains(in.Files, ""):
		add("input", "--input is empty; --input . is the folder that you are in")
	case in.Query() && in.Format != "":
		add("input-format", "--input-format goes with --input")
	}
	if in.Format != "" && !slices.Contains(Formats, in.Format) {
		add("input-format", "input-format %q: want one of %s", in.Format, strings.Join(Formats, ", "))
	}
}

// checkPick checks which of the rows are wanted.
func (in Input) checkPick(add func(key, format string, args ...any)) {
	if in.Limit != nil && *in.Limit < 1 {
		add("limit", "limit %d: want at least 1", *in.Limit)
	}
	if _, err := in.percent(); err != nil {
		add("sample", "%w", err)
	}
	switch {
	case in.Sample != "" && len(in.SampleKeys) == 0:
		add("sample", "--sample needs --sample-key: the column, or columns, whose values decide which rows are in it, such as an id")
	case in.Sample == "" && len(in.SampleKeys) > 0:
		add("sample-key", "--sample-key goes with --sample")
	}
}

// percent reads the share of a sample.
func (in Input) percent() (float64, error) {
	if in.Sample == "" {
		return 100, nil
	}
	text, ok := strings.CutSuffix(in.Sample, "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if !ok || err != nil || !(x > 0 && x <= 100) {
		return 0, fmt.Errorf("sample %q: want a share such as 1%% or 0.5%%, above 0%% and at most 100%%", in.Sample)
	}
	return x, nil
}

// checkDatabase refuses files that are not there or no databases, and leaves other
// errors to DuckDB.
func checkDatabase(path string) error {
	switch _, err := duckfile.Read(path); {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Usagef("db: %w%s", err, similar.Path(path))
	case errors.Is(err, duckfile.ErrOther):
		return fault.Usagef("db: %w", err)
	}
	return nil
}

// queryText returns the text of the query.
func (in Input) queryText() (string, error) {
	query := in.SQL
	if in.Database != "" {
		if err := checkDatabase(in.Database); err != nil {
			return "", err
		}
	}
	if in.SQLFile != "" {
		b, err := os.ReadFile(in.SQLFile)
		if err != nil {
			return "", fault.Usagef("sql-file: %w%s", err, similar.Path(in.SQLFile))
		}
		query = string(b)
	}
	if strings.TrimSpace(query) == "" {
		return "", fault.Usage(errors.New("the query is empty"))
	}
	return query, nil
}
