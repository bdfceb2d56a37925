//go:build noiceberg

package lake

import (
	"context"
	"errors"

	"leapscore/engine/store"
	"leapscore/internal/fault"
	"leapscore/sinks"
)

var errNoIceberg = fault.Usage(errors.New("this build leaves Iceberg tables out (tag noiceberg)"))

func (o Options) openIceberg(context.Context, *store.Store, string, sinks.Options) (sinks.Table, error) {
	return nil, errNoIceberg
}

func (o Options) icebergRuns(context.Context, *store.Store, string) ([]string, bool, error) {
	return nil, false, errNoIceberg
}

func (o Options) icebergCommitted(context.Context, *store.Store, string, string) (bool, error) {
	return false, errNoIceberg
}

func (o Options) icebergFiles(context.Context, *store.Store, string) ([]string, error) {
	return nil, errNoIceberg
}
