package job

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"leapscore/internal/fault"
	"leapscore/internal/memory"
	"leapscore/internal/similar"
	"leapscore/job/internal/place"
	"leapscore/models"
	"leapscore/models/explain"
)

// Mistake is something wrong with one key of a Spec.
type Mistake = fault.Mistake

// CheckError lists all mistakes of a Spec.
type CheckError = fault.CheckError

// mistakes collects what is wrong with a Spec.
type mistakes []Mistake

func (m *mistakes) add(key string, err error) {
	if err == nil || slices.ContainsFunc(*m, func(o Mistake) bool { return o.Err.Error() == err.Error() }) {
		return
	}
	*m = append(*m, Mistake{Key: key, Err: err})
}

func (m *mistakes) addf(key, format string, args ...any) { m.add(key, fmt.Errorf(format, args...)) }

// err returns the mistakes as one error.
func (m mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	return &CheckError{Mistakes: m}
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
	full.checkColumns(&wrong)
	return wrong.err()
}

// withWords puts values that are none of the words of their keys in place of all else that
// is wrong with these keys.
func (s Spec) withWords(others mistakes) (wrong mistakes) {
	var words mistakes
	for _, k := range keys {
		value, ok := reflect.ValueOf(k.of(&s)).Elem().Interface().(string)
		if !ok || value == "" || k.Open || len(k.Words) == 0 || slices.Contains(k.Words, value) || slices.Contains(k.also, value) {
			continue
		}
		want := "one of " + strings.Join(k.Words, ", ")
		if last := len(k.Words) - 1; last < 3 {
			want = strings.Join(k.Words[:last], ", ") + " or " + k.Words[last]
		}
		words.addf(k.Name, "%s %q: want %s%s", k.Name, value, want, similar.Hint(value, k.Words))
	}
	for _, m := range others {
		if bad := words.of(m.Key); bad != nil {
			m = bad[0]
		}
		wrong.add(m.Key, m.Err)
	}
	for _, m := range words {
		wrong.add(m.Key, m.Err)
	}
	return wrong
}

func (s Spec) checkModels(wrong *mistakes) {
	if len(s.Models) == 0 {
		wrong.addf("model", "--model is required")
	}
	for i, m := range s.Models {
		wrong.add("model", fitsModels(s.Models[:i], m))
	}
	_, err := s.Limits.modelSize()
	wrong.add("max-model-size", err)
	s.checkBooster(wrong)
	if _, err := explain.ParseMode(s.Columns.Explain); err != nil {
		wrong.addf("explain", "explain %w", err)
	}
	if len(s.Models) > 0 {
		_, err = s.modelVersions()
		wrong.add("model-version", err)
	}
}

// modelSize is the most bytes of a model, or 0.
func (l Limits) modelSize() (int64, error) {
	if l.ModelSize == "" {
		return 0, nil
	}
	size, err := memory.ParseSize(l.ModelSize)
	if err != nil {
		return 0, fmt.Errorf("max-model-size %w", err)
	}
	return size, nil
}

// checkBooster checks what is said of boosters.
func (s Spec) checkBooster(wrong *mistakes) {
	_, err := models.ParseIterations(s.Booster.Iterations)
	wrong.add("iterations", err)
	_, err = s.Booster.threshold()
	wrong.add("threshold", err)
	for i, then := range s.Booster.Then {
		wrong.add("then", fitsModels(s.Booster.Then[:i], then))
		switch known := slices.ContainsFunc(s.Models, func(m Model) bool { return m.Name == then.Name }); {
		case known:
		case then.Name == "":
			wrong.addf("then", "then %s: want NAME=FILE, with the name of the model that it stands behind", then)
		default:
			wrong.addf("then", "then %s: there is no model %q that it stands behind", then, then.Name)
		}
	}
}

// threshold is the one that is given, or nil.
func (b Booster) threshold() (*float64, error) {
	if b.Threshold == "" {
		return nil, nil
	}
	p, err := strconv.ParseFloat(b.Threshold, 64)
	if err != nil || !(p >= 0 && p <= 1) {
		return nil, fmt.Errorf("threshold %q: want a probability from 0 to 1", b.Threshold)
	}
	return &p, nil
}

// given returns a key that is set, or "".
func (b Booster) given() string {
	switch {
	case len(b.Features) > 0:
		return "features"
	case b.Iterations != "":
		return "iterations"
	case b.Threshold != "":
		return "threshold"
	}
	return ""
}

// checkInput refuses keys about rows that do not go together.
func (s Spec) checkInput(wrong *mistakes) {
	in := s.Rows()
	switch {
	case s.retries() && (in.SQL != "" || in.SQLFile != "" || len(s.Input.Files) > 0):
		wrong.addf("retry-rejects", "retry-rejects, --sql, --sql-file and --input exclude each other")
		in.SQL, in.SQLFile, in.Database, in.Params = "", "", "", nil
	case s.Input.Provenance && !s.retries():
		wrong.addf("provenance", "provenance goes with retry-rejects")
	}
	for _, m := range in.Check() {
		wrong.add(m.Key, m.Err)
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
