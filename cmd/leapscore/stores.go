package main

import (
	"time"

	"github.com/spf13/pflag"

	"leapscore/engine/store"
)

// storeFlags say how patient commands are with stores.
type storeFlags struct {
	timeout time.Duration
}

func (f *storeFlags) register(fs *pflag.FlagSet) {
	fs.DurationVar(&f.timeout, "io-timeout", store.DefaultTimeout,
		"how long an object store may be silent, or fail again and again, before that is an error")
}

// check checks the flags.
func (f *storeFlags) check() error {
	if f.timeout <= 0 {
		return usagef("io-timeout %v: want more than 0, as in 30s", f.timeout)
	}
	return nil
}

// options are the settings with which commands open stores.
func (f *storeFlags) options() store.Options { return store.Options{Timeout: f.timeout} }
