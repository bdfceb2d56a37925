package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"leapscore/job"
)

// version is set at link time by the Makefile.
var version = "dev"

// versionString is the version with the commit it was built from.
func versionString() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "dev" {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				return version + "-" + s.Value[:12]
			}
		}
	}
	return version
}

// versions are what version prints with --json.
type versions struct {
	Leapscore string `json:"leapscore"`
	job.Versions
	Platform string `json:"platform"`
	Limits   string `json:"limits"`
}

func (v versions) text() string {
	duckdb := v.DuckDB
	if duckdb == "" {
		duckdb = "none: built without SQL"
	}
	return fmt.Sprintf("leapscore %s (%s, %s)\nMLeap     %s, whose scores are equal to the bit\nDuckDB    %s\nArrow     %s\nlimits: %s\n", v.Leapscore, v.Go, v.Platform, v.MLeap, duckdb, v.Arrow, v.Limits)
}

func newVersion(out *output) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of leapscore, and of MLeap, DuckDB and Arrow",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := versions{versionString(), job.PartVersions(), runtime.GOOS + "/" + runtime.GOARCH, job.Spec{}.Limited().String()}
			if asJSON {
				return out.json(v)
			}
			_, err := io.WriteString(out.stdout, v.text())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}
