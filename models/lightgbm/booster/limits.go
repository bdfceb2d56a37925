package booster

// Limits are what a file may ask for. The zero value has defaults that no real model
// reaches.
type Limits struct {
	Features, Outputs, Trees int
}

func (l Limits) features() int { return or(l.Features, 1<<26) }
func (l Limits) outputs() int  { return or(l.Outputs, 1<<16) }
func (l Limits) trees() int    { return or(l.Trees, 1<<24) }

func or(n, usual int) int {
	if n > 0 {
		return n
	}
	return usual
}
