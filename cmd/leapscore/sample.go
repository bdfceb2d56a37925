package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"leapscore/sources"
)

// pickFlags choose some of the rows of a source.
type pickFlags struct {
	flags  *pflag.FlagSet
	limit  int64
	sample string
	keys   []string
}

func (f *pickFlags) register(fs *pflag.FlagSet) {
	f.flags = fs
	fs.Int64Var(&f.limit, "limit", 0, "only the first N rows, after --sample; no more is read than needed")
	fs.StringVar(&f.sample, "sample", "", "only a share of the rows, such as 1%, by a hash of --sample-key: repeatable, and part of every larger sample")
	fs.StringSliceVar(&f.keys, "sample-key", nil, "columns whose values decide which rows are in the sample")
}

func (f *pickFlags) check() error {
	_, err := f.percent()
	switch {
	case f.flags.Changed("limit") && f.limit < 1:
		return usageError{fmt.Errorf("limit %d: want at least 1", f.limit)}
	case err != nil:
		return err
	case f.limit > 0 && f.resumes():
		return usageError{errors.New("--limit and --resume exclude each other: how many rows are left shows only when those before are read again")}
	case f.sample != "" && len(f.keys) == 0:
		return usageError{errors.New("--sample needs --sample-key: the column, or columns, whose values decide which rows are in it, such as an id")}
	case f.sample == "" && len(f.keys) > 0:
		return usageError{errors.New("--sample-key goes with --sample")}
	}
	return nil
}

func (f *pickFlags) resumes() bool {
	resume := f.flags.Lookup("resume")
	return resume != nil && resume.Value.String() == "true"
}

// percent reads --sample.
func (f *pickFlags) percent() (float64, error) {
	if f.sample == "" {
		return 100, nil
	}
	text, ok := strings.CutSuffix(f.sample, "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if !ok || err != nil || !(x > 0 && x <= 100) {
		return 0, usageError{fmt.Errorf("sample %q: want a share such as 1%% or 0.5%%, above 0%% and at most 100%%", f.sample)}
	}
	return x, nil
}

// pick returns the rows of src that the flags choose. Closing them closes src.
func (f *pickFlags) pick(src sources.Source) (sources.Source, error) {
	picked := src
	if f.sample != "" {
		percent, err := f.percent()
		if err == nil {
			picked, err = sources.Sample(src, percent, f.keys)
		}
		if err != nil {
			return src, usageError{err}
		}
	}
	if f.limit > 0 {
		picked = sources.Limit(picked, f.limit)
	}
	return picked, nil
}
