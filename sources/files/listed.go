package files

import (
	"leapscore/engine/store"
	"leapscore/sources"
)

// listed is a source over files.
type listed struct {
	sources.Source
	files  []store.Object
	opener sources.Opener
}

func (s *listed) Files() []store.Object { return s.files }
