package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
)

// storeFlags say how patient commands are with stores.
type storeFlags struct {
	timeout time.Duration
}

func (f *storeFlags) register(fs *pflag.FlagSet) {
	fs.DurationVar(&f.timeout, "io-timeout", store.DefaultTimeout,
		"how long an object store may be silent, or fail again and again, before that is an error")
}

// awsAttempts is the variable for how often the client of S3 tries.
const awsAttempts = "AWS_MAX_ATTEMPTS"

// set makes cmd open stores so.
func (f *storeFlags) set(cmd *cobra.Command) error {
	if f.timeout <= 0 {
		return usagef("io-timeout %v: want more than 0, as in 30s", f.timeout)
	}
	// The client of S3 gives up on a part of an upload after three tries, which
	// takes it a second or two.
	if os.Getenv(awsAttempts) == "" {
		if err := os.Setenv(awsAttempts, "6"); err != nil {
			return err
		}
	}
	cmd.SetContext(store.WithOptions(cmd.Context(), store.Options{Timeout: f.timeout}))
	return nil
}
