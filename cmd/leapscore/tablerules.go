package main

import (
	"log/slog"

	"github.com/spf13/pflag"

	"leapscore/sources"
)

// tableRules say how files are read that belong to a table, or to a job that may
// not be done.
type tableRules struct {
	asFiles        bool
	requireSuccess bool
}

func (f *tableRules) register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.asFiles, "as-files", false, "read the files of Delta, Iceberg, Hudi and other tables as they are, removed and replaced rows too")
	fs.BoolVar(&f.requireSuccess, "require-success", false, "refuse inputs whose folder has no _SUCCESS, or has _temporary: the job that writes them may not be done")
}

func (f *tableRules) rules() sources.Rules {
	return sources.Rules{AsFiles: f.asFiles, RequireSuccess: f.requireSuccess, Warn: func(msg string) { slog.Warn(msg) }}
}
