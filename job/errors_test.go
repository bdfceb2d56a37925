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
