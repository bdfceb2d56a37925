package sources

import (
	"context"
	"errors"

	"leapscore/engine/store"
)

func openText(context.Context, Opener, []store.Object, Options) (Source, error) {
	return nil, errors.New("text formats")
}
