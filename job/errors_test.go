package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/internal/fault"
	"leapscore/sinks"
	"leapscore/sources"
	"leapscore/sql"
)

func TestUnreadableJobFilesAreUsageErrors(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("modle: x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bad, bad + ".none"} {
		if _, err := Load(path); ClassOf(err) != ClassUsage {
			t.Errorf("Load(%s): %v of class %q, want %q", path, err, ClassOf(err), ClassUsage)
		}
	}
}

func TestClassesOfErrors(t *testing.T) {
	for want, errs := range map[Class][]error{
		"":            {nil},
		ClassUsage:    {&CheckError{}, fault.Usagef("x"), &engine.UsageError{}, &pipeline.OutputError{}, &pipeline.NameError{}, sql.ErrQuery, sources.ErrNoFiles},
		ClassModel:    {fault.Model(errors.New("x")), &pipeline.LoadError{}},
		ClassContract: {&pipeline.ContractError{}, &incrementalError{}, &otherJobError{}, engine.ErrCounts, sinks.ErrMismatch},
		ClassBudget:   {&engine.BudgetError{}, &fault.GateError{}},
		ClassExists:   {sinks.ErrOutputExists, &sinks.BusyError{}, &sinks.MovedError{}, &sinks.GoneError{}},
		ClassCanceled: {context.Canceled},
		ClassFailed:   {errors.New("x"), &engine.RowError{}},
	} {
		for _, err := range errs {
			if got := ClassOf(err); got != want {
				t.Errorf("%T: class %q, want %q", err, got, want)
			}
			if err == nil {
				continue
			}
			if got := ClassOf(errors.Join(errors.New("and"), fmt.Errorf("file: %w", err))); got != want {
				t.Errorf("%T wrapped and joined: class %q, want %q", err, got, want)
			}
		}
	}
}

func TestErrorsBlame(t *testing.T) {
	row := &engine.RowError{Row: 7, Reject: pipeline.Reject{Code: "null", Node: "root/a.node", Op: "bucketizer", Column: "area"}}
	ofRow := Blame{Code: "null", Node: "root/a.node", Op: "bucketizer", Column: "area", Row: 7, HasRow: true}
	for _, c := range []struct {
		err  error
		want Blame
	}{
		{nil, Blame{}},
		{errors.New("x"), Blame{}},
		{fmt.Errorf("x: %w", row), ofRow},
		{&engine.BudgetError{First: row}, ofRow},
		{&engine.BudgetError{}, Blame{}},
		{&pipeline.ContractError{}, Blame{}},
		{&pipeline.ContractError{Problems: []pipeline.ContractProblem{{Column: "b"}, {Column: "c", Found: "utf8"}}}, Blame{Code: "missing_column", Column: "b"}},
		{&pipeline.ContractError{Problems: []pipeline.ContractProblem{{Column: "c", Found: "utf8"}}}, Blame{Code: "wrong_type", Column: "c"}},
	} {
		if got := BlameOf(c.err); got != c.want {
			t.Errorf("%v blames %+v, want %+v", c.err, got, c.want)
		}
	}
}
