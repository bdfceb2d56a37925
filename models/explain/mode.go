package explain

import (
	"fmt"
	"strconv"
	"strings"
)

// Mode says which columns an explanation has. The zero value is none.
type Mode struct {
	kind kind
	top  int
}

type kind uint8

const (
	kindNone kind = iota
	kindAll
	kindTop
	kindSum
)

// ParseMode reads all, sum or top=N; "" is none.
func ParseMode(s string) (Mode, error) {
	switch count, isTop := strings.CutPrefix(s, "top="); {
	case s == "":
		return Mode{}, nil
	case s == "all":
		return Mode{kind: kindAll}, nil
	case s == "sum":
		return Mode{kind: kindSum}, nil
	case isTop:
		if n, err := strconv.Atoi(count); err == nil && n > 0 && n <= maxTop {
			return Mode{kind: kindTop, top: n}, nil
		}
		return Mode{}, fmt.Errorf("%q: want top=N with N from 1 to %d, such as top=5", s, maxTop)
	}
	return Mode{}, fmt.Errorf("%q: want all, sum or top=N, such as top=5", s)
}

// maxTop is the most features that a row may name.
const maxTop = 10000
