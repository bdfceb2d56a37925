package sources

import (
	"leapscore/engine/store"
)

// listed is a source over files.
type listed struct {
	Source
	files  []store.Object
	opener Opener
}

func (s *listed) Files() []store.Object { return s.files }
