package pipeline

import (
	"math"
	"slices"

	"leapscore/ops"
	"leapscore/ops/column"
)

// Fusing runs a model and the ops that build its vector in one step, without
// the vector. The values that an assembler would put together are taken from
// the columns they come from: numbers, scaled or not, and words that an indexer
// numbers and an encoder turns into a one somewhere in the vector.
//
// A fused program gives the bits of the plain one. It refuses the same rows, but
// without reasons: Run takes those from the plain program.

// segment is a stretch of a vector and where its values come from.
type segment struct {
	at    int // index of its first slot
	width int

	slot int         // of the column, of numbers or of words
	cast column.Cast // to doubles or strings, nil if it is one already

	// Numbers: (x - mean) * scale, as far as there are.
	hasMean, hasScale bool
	mean, scale       float64

	// Words, and how they are numbered; nil for a column of numbers.
	indexer    ops.Indexer
	indexerCol int
	// How numbers become vectors; nil if the number is the value.
	encoder    ops.Encoder
	encoderCol int
}

// maxMatrix is the largest vector that is built dense for every row.
const maxMatrix = 512

// form says which rows of a vector are sparse.
type form uint8

const (
	formCompressed form = iota // as column.StoredSparse says of the values
	formBefore                 // likewise, of the values before they are scaled
	formDense
)

// segmented is a vector as segments.
type segmented struct {
	segments []segment
	size     int
	form     form
	// exact is unset if a zero would not stay a zero: an infinite scale.
	exact bool
}

// fusedHead is a model whose vector is not built, or is built at once.
type fusedHead struct {
	segmented
	kernel ops.Kernel
	dot    ops.DotHead // nil for a kernel that takes a dense vector instead
	coef   []float64
}

// fuse returns the program that runs p's steps with as much fused as can be,
// or nil if nothing can.
//
// Several heads may take one vector apart. Where something else wants the
// vector, though, it has to be built, and the heads read it like any other; and
// words that two heads would number are numbered by a step of their own, once.
// Both show only when the program is there, so it is then made anew without.
func (p *Pipeline) fuse() *program {
	f := fuser{p: p, made: map[int]source{}, whole: map[int]bool{}}
	for i, s := range p.plain.steps {
		for port, o := range s.out {
			if o >= 0 {
				f.made[o] = source{step: i, port: port}
			}
		}
	}
	for _, o := range p.out {
		f.whole[o] = true
	}
	for {
		steps := slices.Clone(p.plain.steps)
		f.inlined, f.numbered = map[int]bool{}, map[int]int{}
		for i := range steps {
			if h := f.head(&steps[i]); h != nil {
				steps[i].fused = h
				steps[i].in = h.inputs()
			}
		}
		if !slices.ContainsFunc(steps, func(s step) bool { return s.fused != nil }) {
			return nil
		}
		prog := &program{steps: p.liveSteps(steps)}
		if f.keepWhole(prog) {
			continue
		}
		prog.release(p)
		return prog
	}
}

// keepWhole notes the slots that heads of prog inline although another step reads
// them whole. It reports whether there are any.
func (f *fuser) keepWhole(prog *program) bool {
	var more []int
	for _, s := range prog.steps {
		for _, in := range s.in {
			if f.inlined[in.slot] {
				more = append(more, in.slot)
			}
		}
	}
	for slot, heads := range f.numbered {
		if heads > 1 {
			more = append(more, slot)
		}
	}
	for _, slot := range more {
		f.whole[slot] = true
	}
	return more != nil
}

// liveSteps leaves out the steps whose outputs no other step reads any more. Steps that
// refuse rows are among them: the fused step refuses those rows itself.
func (p *Pipeline) liveSteps(steps []step) []step {
	need := map[int]bool{}
	for _, o := range p.out {
		need[o] = true
	}
	var kept []step
	for _, s := range slices.Backward(steps) {
		if !slices.ContainsFunc(s.out, func(o int) bool { return o >= 0 && need[o] }) {
			continue
		}
		for _, in := range s.in {
			need[in.slot] = true
		}
		kept = append(kept, s)
	}
	slices.Reverse(kept)
	return kept
}

// source is the step and output port that makes a slot.
type source struct{ step, port int }

type fuser struct {
	p     *Pipeline
	made  map[int]source
	whole map[int]bool // slots that must exist

	inlined  map[int]bool // slots that heads compute inside
	numbered map[int]int  // by how many heads, those of indexers
	taken    []int        // by the head at hand
}

// take reports whether the head at hand may compute a slot inside.
func (f *fuser) take(slot int) bool {
	if f.whole[slot] {
		return false
	}
	f.taken = append(f.taken, slot)
	return true
}

// head returns how s can be run without its vector, or nil.
func (f *fuser) head(s *step) *fusedHead {
	if len(s.in) != 1 || s.in[0].cast != nil {
		return nil
	}
	f.taken = f.taken[:0]
	h := f.takeApart(s)
	if h == nil {
		return nil
	}
	for _, slot := range f.taken {
		f.inlined[slot] = true
		if _, ok := f.p.plain.steps[f.made[slot].step].Kernel.(ops.Indexer); ok {
			f.numbered[slot]++
		}
	}
	return h
}

func (f *fuser) takeApart(s *step) *fusedHead {
	h := &fusedHead{kernel: s.Kernel}
	switch k := s.Kernel.(type) {
	case ops.DotHead:
		h.dot, h.coef = k, k.Coefficients()
	case ops.Formless:
	default:
		return nil
	}
	var ok bool
	if h.segmented, ok = f.vector(s.in[0].slot); !ok || h.size == 0 {
		return nil
	}
	if h.dot == nil {
		if h.size > maxMatrix {
			return nil // sparse rows would take less memory
		}
		return h
	}
	finite := !slices.ContainsFunc(h.coef, func(c float64) bool { return math.IsNaN(c) || math.IsInf(c, 0) })
	if len(h.coef) != h.size || !finite || !h.exact {
		return nil
	}
	return h
}

// vector takes the vector in a slot apart.
func (f *fuser) vector(slot int) (segmented, bool) {
	src, ok := f.made[slot]
	if !ok || !f.take(slot) {
		return segmented{}, false
	}
	s := &f.p.plain.steps[src.step]
	switch k := s.Kernel.(type) {
	case ops.Assembler:
		return f.assembled(s)
	case ops.Encoder:
		seg := f.scalar(s.in[src.port])
		seg.encoder, seg.encoderCol, seg.width = k, src.port, k.Width(src.port)
		return segmented{segments: []segment{seg}, size: seg.width, exact: true}, true
	case ops.Scaler:
		if s.in[0].cast != nil {
			return segmented{}, false
		}
		inner, ok := f.vector(s.in[0].slot)
		if !ok {
			return segmented{}, false
		}
		mean, scale, ok := k.Affine()
		if !ok {
			return segmented{}, false
		}
		return inner.scaled(mean, scale)
	}
	return segmented{}, false
}

func (f *fuser) assembled(s *step) (segmented, bool) {
	v := segmented{exact: true}
	for i, in := range s.in {
		if !s.inPorts[i].Type.IsVector() {
			seg := f.scalar(in)
			seg.at, seg.width = v.size, 1
			v.segments, v.size = append(v.segments, seg), v.size+1
			continue
		}
		if in.cast != nil {
			return segmented{}, false
		}
		sub, ok := f.vector(in.slot)
		if !ok {
			return segmented{}, false
		}
		for _, seg := range sub.segments {
			seg.at += v.size
			v.segments = append(v.segments, seg)
		}
		v.size += sub.size
		v.exact = v.exact && sub.exact
	}
	return v, true
}

// scalar returns the segment that reads a column of numbers, or the words that it
// is made from.
func (f *fuser) scalar(in input) segment {
	src, ok := f.made[in.slot]
	if ok && in.cast == nil {
		if k, ok := f.p.plain.steps[src.step].Kernel.(ops.Indexer); ok && f.take(in.slot) {
			words := f.p.plain.steps[src.step].in[src.port]
			return segment{slot: words.slot, cast: words.cast, indexer: k, indexerCol: src.port}
		}
	}
	return segment{slot: in.slot, cast: in.cast}
}

// scaled applies a scaler to a vector of plain numbers.
func (v segmented) scaled(mean, scale []float64) (segmented, bool) {
	for _, s := range [][]float64{mean, scale} {
		if s != nil && len(s) != v.size {
			return segmented{}, false
		}
	}
	if v.form == formDense || v.form == formBefore {
		return segmented{}, false // a scaler of a scaler
	}
	v.form = formBefore
	if mean != nil {
		v.form = formDense
	}
	v.segments = slices.Clone(v.segments)
	for i := range v.segments {
		seg := &v.segments[i]
		if seg.encoder != nil || seg.hasMean || seg.hasScale {
			return segmented{}, false
		}
		if mean != nil {
			seg.hasMean, seg.mean = true, mean[seg.at]
		}
		if scale != nil {
			seg.hasScale, seg.scale = true, scale[seg.at]
			v.exact = v.exact && !math.IsInf(seg.scale, 0) && !math.IsNaN(seg.scale)
		}
	}
	return v, true
}

// inputs lists the slots that the segments read, for the life of slots.
func (h *fusedHead) inputs() []input {
	var in []input
	for _, seg := range h.segments {
		in = append(in, input{slot: seg.slot, cast: seg.cast})
	}
	return in
}
