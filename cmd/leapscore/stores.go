package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leapscore/engine/store"
	_ "leapscore/engine/store/cloud" // s3, gs and azblob
	"leapscore/models/mleap"
)

// storeFlags say how patient commands are with stores.
type storeFlags struct {
	timeout time.Duration
}

func (f *storeFlags) register(fs *pflag.FlagSet) {
	fs.DurationVar(&f.timeout, "io-timeout", store.DefaultTimeout,
		"how long an object store may be silent, or fail again and again, before that is an error")
}

// set makes cmd open stores so.
func (f *storeFlags) set(cmd *cobra.Command) error {
	if f.timeout <= 0 {
		return usagef("io-timeout %v: want more than 0, as in 30s", f.timeout)
	}
	cmd.SetContext(store.WithOptions(cmd.Context(), store.Options{Timeout: f.timeout}))
	return nil
}

// modelOptions are the settings with which commands open models.
func modelOptions(ctx context.Context) mleap.Options {
	return mleap.Options{Stores: store.OptionsOf(ctx)}
}
