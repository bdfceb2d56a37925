package booster

// Limits are what a file may ask for. The zero value has defaults that no real model
// reaches.
type Limits struct {
	Features, Outputs, Trees int
}

// Beyond these the text of a file is damage, too: LightGBM has at most 131,072 leaves a tree.
const (
	maxLeaves     = 1 << 24
	maxCategories = 1 << 22   // in pandas_categorical
	maxParameter  = 1 << 24   // bytes of a parameter of the training
	maxDumpTree   = 128 << 20 // bytes of a tree in a dump
)

func (l Limits) features() int { return or(l.Features, 1<<26) }
func (l Limits) outputs() int  { return or(l.Outputs, 1<<16) }
func (l Limits) trees() int    { return or(l.Trees, 1<<22) }

func or(n, usual int) int {
	if n > 0 {
		return n
	}
	return usual
}
