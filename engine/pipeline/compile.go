package pipeline

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/internal/similar"
	"leapscore/ops/column"
)

// Options says how a Model is bound to a source.
type Options struct {
	// Outputs are the wanted output columns. FinalOutputs and AllOutputs name
	// the usual choices.
	Outputs []string
	Cast    CastMode
	// Map gives the source column for an input of the model where their names
	// differ.
	Map map[string]string
	// Plain leaves every node a step of its own. The bits are the same.
	Plain bool
}

// FinalOutputs returns the names of the columns that the model ends with.
func (m *Model) FinalOutputs() []string {
	var names []string
	for _, o := range m.Outputs {
		if o.Final {
			names = append(names, o.Name)
		}
	}
	return names
}

// Unnamed returns the explanations that are not among the names, if none is: someone who asked for them and
// names other columns does not mean to leave them all out.
func (m *Model) Unnamed(names []string) (more []string) {
	for _, o := range m.Outputs {
		if o.Op != OpExplain {
			continue
		}
		if slices.Contains(names, o.Name) {
			return nil
		}
		more = append(more, o.Name)
	}
	return more
}

// OpExplain is the op of nodes that explain another one's answers. Models have such nodes on demand only.
const OpExplain = "explain"

// AllOutputs returns the names of all columns that the model adds.
func (m *Model) AllOutputs() []string {
	names := make([]string, len(m.Outputs))
	for i, o := range m.Outputs {
		names[i] = o.Name
	}
	return names
}

// Pipeline is a Model bound to the columns of a source. It is immutable.
type Pipeline struct {
	// Columns are the source columns that Run takes, in order.
	Columns []string
	// Outputs are the columns that Run gives, in order.
	Outputs []Output

	inputs []sourceColumn // what Columns are turned into, by slot
	slots  int
	out    []int // slot of each output
	pruned []string

	aliases map[string]string // of the Model

	plain program  // every node as it is
	fast  *program // the same with nodes fused, or nil
}

// program is steps in the order in which they run.
type program struct {
	steps []step
	free  [][]int // slots that no later step reads, by step
}

type sourceColumn struct {
	arrow arrow.DataType // as the source has it
	typ   bundle.Type    // as the model's runtime would see it
	norm  column.Norm
}

// step is one kernel with its slots.
type step struct {
	*stage
	in    []input
	out   []int // slot of each output port, or -1
	fused *fusedHead
}

// input is how a step reads a column.
type input struct {
	slot int
	cast column.Cast // nil: as it is
	// required is set where a null is refused before the kernel sees it.
	required bool
}

// Bind resolves m against a source of the given schema. One *ContractError
// reports all problems with the source's columns.
func (m *Model) Bind(schema *arrow.Schema, opt Options) (*Pipeline, error) {
	wanted, err := m.resolve(opt.Outputs)
	if err != nil {
		return nil, err
	}
	b := &binder{m: m, opt: opt, schema: schema, slot: map[string]int{}, types: map[string]bundle.Type{}}
	stages, want := m.needed(wanted)
	if err := b.contract(stages); err != nil {
		return nil, err
	}
	for _, s := range stages {
		if err := b.step(s, want); err != nil {
			return nil, err
		}
	}
	p := &b.p
	p.aliases = m.aliases
	for _, s := range m.stages {
		if !slices.Contains(stages, s) {
			p.pruned = append(p.pruned, s.Path)
		}
	}
	p.Outputs, p.slots = wanted, len(b.slot)
	for _, o := range wanted {
		p.out = append(p.out, b.slot[m.column(o.Name)])
	}
	p.plain.release(p)
	if !opt.Plain {
		p.fast = p.fuse()
	}
	return p, nil
}

// resolve looks up the wanted outputs, all problems at once.
func (m *Model) resolve(names []string) ([]Output, error) {
	var outs []Output
	var unknown []string
	for _, n := range names {
		if o, ok := m.Output(n); ok {
			outs = append(outs, o)
			continue
		}
		unknown = append(unknown, n)
	}
	if all := m.AllOutputs(); unknown != nil {
		return nil, &OutputError{fmt.Sprintf("outputs: the model has no output %s; it has %s", similar.Each(unknown, all), similar.List(all))}
	}
	return outs, nil
}

// OutputError reports outputs that the model does not have.
type OutputError struct{ msg string }

func (e *OutputError) Error() string { return e.msg }

// needed returns the stages that the wanted outputs depend on, in order. All
// others are pruned, even if they could drop or refuse rows. want are the columns that
// some of them reads, or that are wanted.
func (m *Model) needed(wanted []Output) (stages []*stage, want map[string]bool) {
	want = map[string]bool{}
	for _, o := range wanted {
		want[m.column(o.Name)] = true
	}
	for _, s := range slices.Backward(m.stages) {
		if !slices.ContainsFunc(s.Outputs, func(c string) bool { return c != "" && want[c] }) {
			continue
		}
		for _, c := range s.Inputs {
			want[c] = true
		}
		stages = append(stages, s)
	}
	slices.Reverse(stages)
	return stages, want
}

// release works out after which step each slot is read for the last time.
func (g *program) release(p *Pipeline) {
	last := make([]int, p.slots)
	for i := range last {
		last[i] = -1
	}
	for i, s := range g.steps {
		for _, in := range s.in {
			last[in.slot] = i
		}
		for _, o := range s.out {
			if o >= 0 {
				last[o] = max(last[o], i)
			}
		}
	}
	for _, o := range p.out {
		last[o] = len(g.steps)
	}
	g.free = make([][]int, len(g.steps))
	for slot, i := range last {
		if i >= 0 && i < len(g.steps) {
			g.free[i] = append(g.free[i], slot)
		}
	}
}
