package main

import (
	"fmt"
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

func newVersion(out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(out.stdout, "leapscore %s (%s, %s/%s)\nlimits: %s\n",
				versionString(), runtime.Version(), runtime.GOOS, runtime.GOARCH, job.Spec{}.Limited())
			return err
		},
	}
}
