package shap

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Explainer computes the values of rows. It may be used by many goroutines at once.
type Explainer interface {
	// Used are the features that may have a value other than 0, in order: all that
	// Explain reads.
	Used() []int32
	Outputs() int
	// Bias is the expected value of each output. The caller does not change it.
	Bias() []float64
	// Explain computes the values of the rows from to from+n of cols. cols[f] is needed
	// for used features only, and holds NaN where a value is missing. The value of
	// feature Used()[k] for output o goes to out[o*len(Used())+k], which has room for n.
	Explain(cols [][]float64, from, n int, out [][]float64)
}

// Source is a predictor that can be explained: a booster, or the kernel of an op. The error
// says in plain words why this one cannot, beginning with what it is: "regression trees of
// MLeap's bundles have no counts of rows in their leaves". The margin is what the values
// sum to: the raw prediction of a booster, the probabilities of an ensemble of MLeap's class counts.
type Source interface {
	Explainer() (Explainer, error)
}

// Trees is the Explainer of a Model. It is immutable.
type Trees struct {
	plans   []*plan
	used    []int32 // features
	outputs int
	bias    []float64 // by output
	owners  [][]int32 // by player of the plans, as indices in used
	float32 bool
}

// New checks a model and plans its trees.
func New(m *Model) (*Trees, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	byColumn, owners := m.players()
	e := &Trees{outputs: m.Outputs, bias: make([]float64, m.Outputs), float32: m.Float32}
	for i := range m.Trees {
		p, err := newPlan(&m.Trees[i], m, byColumn)
		if err != nil {
			return nil, fmt.Errorf("tree %d: %w", i, err)
		}
		for d, b := range p.bias {
			e.bias[p.output+d] = e.plus(e.bias[p.output+d], b)
		}
		e.plans = append(e.plans, p)
	}
	for o, b := range m.Base {
		e.bias[o] = e.plus(e.bias[o], b)
	}
	e.use(owners)
	e.tables()
	return e, nil
}

// use finds the features that the trees read, and turns the players of the plans into indices of owners.
func (e *Trees) use(features [][]int32) {
	of := func(player int32) []int32 {
		if features == nil {
			return []int32{player}
		}
		return features[player]
	}
	used, number := map[int32]bool{}, map[int32]int32{}
	var players []int32
	for _, p := range e.plans {
		for i, player := range p.players {
			n, ok := number[player]
			if !ok {
				n = int32(len(players))
				number[player] = n
				players = append(players, player)
				for _, f := range of(player) {
					used[f] = true
				}
			}
			p.players[i] = n
		}
	}
	e.used = slices.Sorted(maps.Keys(used))
	e.owners = make([][]int32, len(players))
	for n, player := range players {
		for _, f := range of(player) {
			at, _ := slices.BinarySearch(e.used, f)
			e.owners[n] = append(e.owners[n], int32(at))
		}
	}
}

// Used, Outputs, Bias and Explain implement Explainer.
func (e *Trees) Used() []int32   { return e.used }
func (e *Trees) Outputs() int    { return e.outputs }
func (e *Trees) Bias() []float64 { return e.bias }

// Explain is part of Explainer. cols are the columns of the Model. A row costs less the more
// there are, up to some hundreds.
func (e *Trees) Explain(cols [][]float64, from, n int, out [][]float64) {
	for _, o := range out {
		clear(o[:n])
	}
	var w walker
	for _, p := range e.plans {
		if p.root < 0 {
			continue
		}
		if p.byLeaf == nil {
			w.reset(p)
		}
		for first := 0; first < n; first += lanes {
			rows := min(lanes, n-first)
			w.left = grow(w.left, len(p.splits))
			if p.byLeaf != nil {
				w.levelSides(p, cols, from+first, rows)
				e.addTable(p, &w, first, rows, out)
				continue
			}
			w.sides(p, cols, from+first, rows)
			w.run()
			e.add(p, &w, first, rows, out)
		}
	}
}

// sides finds the side of each row at all splits.
func (w *walker) sides(p *plan, cols [][]float64, from, n int) {
	for i := range p.splits {
		s := &p.splits[i]
		w.left[i] = s.left(cols[s.Feature][from:][:n])
	}
}

// add adds phi to the values of the features.
func (e *Trees) add(p *plan, w *walker, first, n int, out [][]float64) {
	for d := range p.dims {
		for k, player := range p.players {
			e.addShares(out[(p.output+d)*len(e.used):], player, first, w.phi[d][k][:n])
		}
	}
}

// addShares adds the values of a player to those of its owners.
func (e *Trees) addShares(out [][]float64, player int32, first int, phi []float64) {
	owners := e.owners[player]
	for _, f := range owners {
		to := out[f][first:][:len(phi)]
		switch {
		case len(owners) > 1:
			for i, v := range phi {
				to[i] = e.plus(to[i], v/float64(len(owners)))
			}
		case e.float32:
			for i, v := range phi {
				to[i] = float64(float32(to[i]) + float32(v))
			}
		default:
			for i, v := range phi {
				to[i] += v
			}
		}
	}
}

// plus adds two numbers, as floats if the library does.
func (e *Trees) plus(a, b float64) float64 {
	if e.float32 {
		return float64(float32(a) + float32(b))
	}
	return a + b
}

// tables makes the tables of symmetric trees, on all processors.
func (e *Trees) tables() {
	var symmetric []*plan
	room := maxTables
	for _, p := range e.plans {
		if n := p.tableSize(); n > 0 && n <= room {
			room -= n
			symmetric = append(symmetric, p)
		}
	}
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(symmetric)) {
		done.Go(func() {
			var w walker
			for i := next.Add(1) - 1; i < int64(len(symmetric)); i = next.Add(1) - 1 {
				symmetric[i].fillTable(&w)
			}
		})
	}
	done.Wait()
}
