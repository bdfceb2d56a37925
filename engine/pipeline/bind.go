package pipeline

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/internal/arrays"
	"leapscore/ops"
	"leapscore/ops/column"
)

// binder resolves a Model against the schema of a source.
type binder struct {
	m      *Model
	opt    Options
	schema *arrow.Schema
	p      Pipeline
	slot   map[string]int         // model column -> slot
	types  map[string]bundle.Type // model column -> declared type
}

// contract finds the source columns of the free inputs.
func (b *binder) contract(stages []*stage) error {
	var problems []ContractProblem
	var wants []bundle.Type // of the problems
	var members [][]string  // that have them
	made := map[string]bool{}
	done := map[string]bool{}
	for _, s := range stages {
		for i, in := range s.Inputs {
			if made[in] {
				continue
			}
			p, ok := b.source(in, s.inPorts[i], done[in])
			if !ok {
				at := slices.Index(problems, p)
				if at < 0 {
					at = len(problems)
					problems, members = append(problems, p), append(members, nil)
					wants = append(wants, s.inPorts[i].Type)
				}
				members[at] = append(members[at], s.members...)
			}
			done[in] = true
		}
		for _, c := range s.Outputs {
			made[c] = true
		}
	}
	for i := range problems {
		problems[i].Models = models(members[i])
	}
	if problems == nil {
		return nil
	}
	b.propose(problems, wants)
	b.spare(problems)
	return &ContractError{problems, arrays.FieldNames(b.schema)}
}

// source checks that the source has a column for the model's input in, read by
// port, and gives it a slot.
func (b *binder) source(in string, port ops.Port, seen bool) (ContractProblem, bool) {
	want := port.Type
	name := in
	if mapped, ok := b.opt.Map[in]; ok {
		name = mapped
	}
	p := ContractProblem{Input: in, Column: name, Wanted: want.NonNull().String()}
	at := b.schema.FieldIndices(name)
	if len(at) == 0 {
		return p, false
	}
	dt := b.schema.Field(at[0]).Type
	p.Found = dt.String()
	from, ok := b.typeOf(dt, in, want, seen)
	if !ok {
		p.Detail = "no model reads such a column; convert it in the query"
		return p, false
	}
	if p.Detail = b.refuses(from, port); p.Detail != "" {
		return p, false
	}
	if !seen {
		norm, err := column.NewNorm(dt, from)
		if err != nil {
			p.Detail = err.Error()
			return p, false
		}
		b.slot[in] = len(b.slot)
		b.types[in] = from
		b.p.Columns = append(b.p.Columns, name)
		b.p.inputs = append(b.p.inputs, sourceColumn{arrow: dt, typ: from, norm: norm})
	}
	return p, true
}

// typeOf returns the type of a column of Arrow type dt as the model's input in sees
// it. A file says of a column without values that its type is null: it has the type
// that is wanted first.
func (b *binder) typeOf(dt arrow.DataType, in string, want bundle.Type, seen bool) (bundle.Type, bool) {
	if dt.ID() != arrow.NULL {
		return frameType(dt)
	}
	if seen {
		return b.types[in], true
	}
	want.Nullable = true
	return want, true
}

// refuses says why values of a type are not converted to another, or "" if they
// are.
func (b *binder) refuses(from bundle.Type, port ops.Port) string {
	want := port.Type
	if widens(from, want) || port.Loose && loosens(from, want) {
		return ""
	}
	if _, err := column.NewCast(from, want); err != nil {
		return err.Error()
	} else if b.opt.Cast != CastMLeap {
		return "the conversion may lose values; allow it with --cast mleap"
	}
	return ""
}

// step adds a stage, whose outputs that are not in want need not be made.
func (b *binder) step(s *stage, want map[string]bool) error {
	s = s.narrowed(want)
	st := step{stage: s}
	for i, c := range s.Inputs {
		from, to := b.types[c], s.inPorts[i].Type
		castTo := to
		castTo.Nullable = to.Nullable || s.inPorts[i].Boxed
		cast, err := column.NewCast(from, castTo)
		if err != nil {
			return &LoadError{[]Problem{{Path: s.Path, Op: s.Op, Err: fmt.Errorf("port %q, column %q: %w", s.inPorts[i].Name, c, err)}}}
		}
		if s.inPorts[i].Flat && len(from.Dims) > 1 {
			return &LoadError{[]Problem{{Path: s.Path, Op: s.Op, Err: fmt.Errorf("port %q, column %q: tensors of %d dimensions, of which MLeap refuses every row; want 1", s.inPorts[i].Name, c, len(from.Dims))}}}
		}
		st.in = append(st.in, input{slot: b.slot[c], cast: cast, required: from.Nullable && !to.Nullable})
	}
	for i, c := range s.Outputs {
		if c == "" {
			st.out = append(st.out, -1)
			continue
		}
		b.slot[c] = len(b.slot)
		b.types[c] = s.outPorts[i].Type
		st.out = append(st.out, b.slot[c])
	}
	b.p.plain.steps = append(b.p.plain.steps, st)
	return nil
}

// narrowed returns the stage, without the outputs that are not in want if its kernel can
// leave them out.
func (s *stage) narrowed(want map[string]bool) *stage {
	k, ok := s.Kernel.(ops.Selector)
	if !ok {
		return s
	}
	outputs := slices.Clone(s.Outputs)
	wanted := make([]bool, len(outputs))
	for i, c := range outputs {
		if wanted[i] = c != "" && want[c]; !wanted[i] {
			outputs[i] = ""
		}
	}
	narrow := *s
	narrow.Outputs, narrow.Kernel = outputs, k.Select(wanted)
	return &narrow
}
