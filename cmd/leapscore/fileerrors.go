package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/pflag"

	"leapscore/engine"
)

// fileErrorFlags say what becomes of files that cannot be read.
type fileErrorFlags struct {
	onFileError string
	left        *engine.FileRejects // nil unless they are rejected
}

func (f *fileErrorFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.onFileError, "on-file-error", "fail", "inputs that cannot be read or do not fit: fail, or reject the whole file (each is then read twice)")
}

// set settles the job, and has the source report the files that it leaves out.
func (f *fileErrorFlags) set(src *sourceFlags, rejects string, job *engine.Job) error {
	switch {
	case f.onFileError == "fail":
		return nil
	case f.onFileError != "reject":
		return fmt.Errorf("on-file-error %q: want fail or reject", f.onFileError)
	case len(src.input) == 0:
		return errors.New("--on-file-error reject goes with --input")
	case slices.Contains(src.input, "-"):
		return errors.New("--on-file-error reject reads files twice, which stdin cannot be")
	case rejects == "":
		return errors.New("--on-file-error reject needs --rejects DIR, where the names of the files go")
	}
	f.left = &engine.FileRejects{}
	job.Files, src.reject = f.left, f.left.Add
	return nil
}

// warn names the files that were left out.
func (f *fileErrorFlags) warn(out *output) {
	for _, file := range f.left.Files() {
		out.log.Warn("file rejected", "file", file.Name, "reason", file.Err.Error())
	}
}
