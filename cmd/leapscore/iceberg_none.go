//go:build noiceberg

package main

import (
	"context"
	"errors"

	"leapscore/engine/store"
	"leapscore/sinks"
)

func (f *lakeFlags) openIceberg(context.Context, *store.Store, string, sinks.Options) (sinks.Table, error) {
	return nil, errNoIceberg
}

var errNoIceberg = usageError{errors.New("this build leaves Iceberg tables out (tag noiceberg)")}

func (f *lakeFlags) icebergRuns(context.Context, *store.Store, string) ([]string, bool, error) {
	return nil, false, errNoIceberg
}

func (f *lakeFlags) icebergCommitted(context.Context, *store.Store, string, string) (bool, error) {
	return false, errNoIceberg
}
