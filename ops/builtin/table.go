package builtin

import "leapscore/ops"

// Table lists every op, sorted within its family.
func Table() []*ops.Op {
	return []*ops.Op{}
}
