package booster

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"
)

// learnerJSON is how a model begins, behind its version at most.
var learnerJSON = regexp.MustCompile(`"(learner|Model)"\s*:\s*\{`)

// learnerUBJ is the same in UBJ: a key has its length before it.
var learnerUBJ = []byte("\x07learner{")

// IsModel tells whether a file that begins with head is a model of XGBoost.
func IsModel(head []byte) bool {
	if len(head) == 0 {
		return false
	}
	switch Form(head) {
	case "json":
		return learnerJSON.Match(head)
	case "ubj":
		return bytes.Contains(head, learnerUBJ)
	}
	head = bytes.TrimPrefix(head, []byte("binf"))
	const param = 136
	if len(head) < param {
		return false
	}
	rest := head[param:]
	if _, rest = textAt(rest); rest == nil { // the objective
		return false
	}
	name, _ := textAt(rest)
	return slices.Contains([]string{"gbtree", "dart", "gblinear"}, name)
}

// textAt reads a text behind its length, and returns what follows, nil if it is none.
func textAt(b []byte) (text string, rest []byte) {
	if len(b) < 8 {
		return "", nil
	}
	n := binary.LittleEndian.Uint64(b)
	b = b[8:]
	if n > 64 || n > uint64(len(b)) {
		return "", nil
	}
	return string(b[:n]), b[n:]
}
