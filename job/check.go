package job

import (
	"fmt"
	"slices"
	"strings"

	"leapscore/job/internal/place"
)

// Mistake is something wrong with one key of a Spec.
type Mistake struct {
	Key string
	Err error
}

// CheckError lists all mistakes of a Spec.
type CheckError struct{ Mistakes []Mistake }

func (e *CheckError) Error() string {
	if len(e.Mistakes) == 1 {
		return e.Mistakes[0].Err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d mistakes:", len(e.Mistakes))
	for _, m := range e.Mistakes {
		fmt.Fprintf(&b, "\n  %v", m.Err)
	}
	return b.String()
}

// mistakes collects what is wrong with a Spec.
type mistakes []Mistake

func (m *mistakes) add(key string, err error) {
	if err == nil || slices.ContainsFunc(*m, func(o Mistake) bool { return o.Err.Error() == err.Error() }) {
		return
	}
	*m = append(*m, Mistake{key, err})
}

func (m *mistakes) addf(key, format string, args ...any) { m.add(key, fmt.Errorf(format, args...)) }

// err returns the mistakes as one error.
func (m mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	return &CheckError{m}
}

// of returns the mistakes about some keys.
func (m mistakes) of(keys ...string) (some mistakes) {
	for _, one := range m {
		if slices.Contains(keys, one.Key) {
			some = append(some, one)
		}
	}
	return some
}

// Check says what is wrong with a Spec, as far as that shows without looking at files:
// all mistakes at once, as a *CheckError.
func (s Spec) Check() error {
	_, wrong := s.read()
	return wrong.err()
}

// CheckSource is Check of the keys that say which models score which rows into which
// columns.
func (s Spec) CheckSource() error {
	var wrong mistakes
	full := s.withDefaults()
	full.checkModels(&wrong)
	full.checkInput(&wrong)
	full.checkPick(&wrong)
	full.checkColumns(&wrong)
	return wrong.err()
}

// CheckInput is Check of the keys that say which rows are read.
func (s Spec) CheckInput() error {
	var wrong mistakes
	full := s.withDefaults()
	full.checkInput(&wrong)
	full.checkPick(&wrong)
	return wrong.err()
}

func (s Spec) checkModels(wrong *mistakes) {
	if len(s.Models) == 0 {
		wrong.addf("model", "--model is required")
	}
	for i, m := range s.Models {
		wrong.add("model", fitsModels(s.Models[:i], m))
	}
}

// checkInput refuses keys about rows that do not go together.
func (s Spec) checkInput(wrong *mistakes) {
	in := s.Input
	n := 0
	for _, set := range []bool{in.SQL != "", in.SQLFile != "", len(in.Files) > 0, len(in.Retry) > 0} {
		if set {
			n++
		}
	}
	switch {
	case n == 0:
		wrong.addf("input", "no rows to score: give --sql, --sql-file or --input")
	case n > 1 && s.retries():
		wrong.addf("retry-rejects", "retry-rejects, --sql, --sql-file and --input exclude each other")
	case n > 1:
		wrong.addf("input", "--sql, --sql-file and --input exclude each other")
	case !s.query() && (in.Database != "" || len(in.Params) > 0):
		wrong.addf("db", "--db and --param go with --sql or --sql-file")
	case slices.Contains(s.inputs(), ""):
		wrong.addf("input", "--input is empty; --input . is the folder that you are in")
	case s.query() && in.Format != "":
		wrong.addf("input-format", "--input-format goes with --input")
	}
	if in.Provenance && !s.retries() {
		wrong.addf("provenance", "provenance goes with retry-rejects")
	}
	if in.Format != "" && !slices.Contains(inputFormats, in.Format) {
		wrong.addf("input-format", "input-format %q: want one of %s", in.Format, strings.Join(inputFormats, ", "))
	}
}

// checkPick checks which of the rows are wanted.
func (s Spec) checkPick(wrong *mistakes) {
	in := s.Input
	if in.Limit < 1 && (in.Limit < 0 || s.given["limit"]) {
		wrong.addf("limit", "limit %d: want at least 1", in.Limit)
	}
	_, err := in.percent()
	wrong.add("sample", err)
	switch {
	case in.Sample != "" && len(in.SampleKeys) == 0:
		wrong.addf("sample", "--sample needs --sample-key: the column, or columns, whose values decide which rows are in it, such as an id")
	case in.Sample == "" && len(in.SampleKeys) > 0:
		wrong.addf("sample-key", "--sample-key goes with --sample")
	}
}

func (s Spec) checkColumns(wrong *mistakes) {
	_, err := s.Columns.castMode()
	wrong.add("cast", err)
	_, err = s.Columns.vectorForm()
	wrong.add("vectors", err)
}

// checkRejects checks what becomes of rows and files that cannot be scored.
func (s Spec) checkRejects(wrong *mistakes) {
	r := s.Rejects
	wrong.add("rejects", place.Writable("rejects", r.Path))
	switch {
	case r.OnFileError == "fail":
	case r.OnFileError != "reject":
		wrong.addf("on-file-error", "on-file-error %q: want fail or reject", r.OnFileError)
	case s.query():
		wrong.addf("on-file-error", "--on-file-error reject goes with --input")
	case slices.Contains(s.inputs(), "-"):
		wrong.addf("on-file-error", "--on-file-error reject reads files twice, which stdin cannot be")
	case r.Path == "":
		wrong.addf("on-file-error", "--on-file-error reject needs --rejects DIR, where the names of the files go")
	}
	switch {
	case r.OnError == "reject":
		if r.Path == "" {
			wrong.addf("on-error", "--on-error reject needs --rejects DIR, so that no row is lost")
		}
	case r.OnError != "fail":
		wrong.addf("on-error", "on-error %q: want fail or reject", r.OnError)
	case !s.rejects() && (r.Path != "" || r.MaxErrors != ""):
		wrong.addf("rejects", "--rejects and --max-errors go with --on-error reject or --on-file-error reject")
	}
}

// rejects reports whether the run writes a table of rejects.
func (s Spec) rejects() bool {
	return s.Rejects.OnError == "reject" || s.Rejects.OnFileError == "reject"
}
