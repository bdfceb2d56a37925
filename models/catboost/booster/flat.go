package booster

import (
	"encoding/binary"
	"errors"
	"math"
)

// A flatbuffer is read without the generated code, because a file may be hostile:
// each offset is checked, and what is copied is charged to a budget, because a small
// file can name the same bytes a million times.

var errFlat = errors.New("the flatbuffer of the model is damaged: an offset or a length leads out of it")

var errAmplified = errors.New("the flatbuffer of the model is damaged: it names the same bytes again and again")

// flat is a buffer with the first error found in it, and the bytes that may still be
// copied.
type flat struct {
	data   []byte
	budget int
	err    error
}

// table is a table of a buffer, or no table if its place is 0.
type table struct {
	f      *flat
	at     int
	vtable int
	fields int
}

// newFlat allows copies of up to 4 times the buffer: tables that CatBoost writes
// share combinations of features, and nothing that is large.
func newFlat(data []byte) *flat { return &flat{data: data, budget: 4*len(data) + 1<<16} }

func (f *flat) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// charge takes n bytes off the budget.
func (f *flat) charge(n int) bool {
	f.budget -= n
	if f.budget < 0 {
		f.fail(errAmplified)
	}
	return f.err == nil
}

func (f *flat) has(at, n int) bool {
	if f.err != nil || at < 0 || n < 0 || at > len(f.data)-n {
		f.fail(errFlat)
		return false
	}
	return true
}

func (f *flat) u16(at int) int {
	if !f.has(at, 2) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(f.data[at:]))
}

func (f *flat) u32(at int) uint32 {
	if !f.has(at, 4) {
		return 0
	}
	return binary.LittleEndian.Uint32(f.data[at:])
}

func (f *flat) u64(at int) uint64 {
	if !f.has(at, 8) {
		return 0
	}
	return binary.LittleEndian.Uint64(f.data[at:])
}

// follow is the place that an offset at a place leads to.
func (f *flat) follow(at int) int {
	to := at + int(f.u32(at))
	if f.err != nil || !f.has(to, 4) {
		return 0
	}
	return to
}

func (f *flat) root() table { return f.table(f.follow(0)) }

// table reads the head of the table at a place.
func (f *flat) table(at int) table {
	if f.err != nil || at == 0 || !f.charge(8) {
		return table{f: f}
	}
	t := table{f: f, at: at, vtable: at - int(int32(f.u32(at)))}
	size := f.u16(t.vtable)
	if f.err != nil || size < 4 || !f.has(t.vtable, size) {
		f.fail(errFlat)
		return table{f: f}
	}
	t.fields = (size - 4) / 2
	return t
}

// field is the place of a field, or 0 if the table has it not.
func (t table) field(i int) int {
	if t.at == 0 || i >= t.fields {
		return 0
	}
	off := t.f.u16(t.vtable + 4 + 2*i)
	if off == 0 {
		return 0
	}
	return t.at + off
}

func (t table) i32(i int, absent int32) int32 {
	if at := t.field(i); at != 0 {
		return int32(t.f.u32(at))
	}
	return absent
}

func (t table) u8(i int, absent byte) byte {
	if at := t.field(i); at != 0 && t.f.has(at, 1) {
		return t.f.data[at]
	}
	return absent
}

func (t table) f32(i int, absent float32) float32 {
	if at := t.field(i); at != 0 {
		return math.Float32frombits(t.f.u32(at))
	}
	return absent
}

func (t table) f64(i int, absent float64) float64 {
	if at := t.field(i); at != 0 {
		return math.Float64frombits(t.f.u64(at))
	}
	return absent
}

func (t table) sub(i int) table {
	if at := t.field(i); at != 0 {
		return t.f.table(t.f.follow(at))
	}
	return table{f: t.f}
}

// bytes are the elements of a vector of so many bytes each.
func (t table) bytes(i, size int) []byte {
	at := t.field(i)
	if at == 0 {
		return nil
	}
	at = t.f.follow(at)
	if at == 0 {
		return nil
	}
	n := int(t.f.u32(at))
	if n > len(t.f.data)/size || !t.f.has(at+4, n*size) || !t.f.charge(n*size) {
		t.f.fail(errFlat)
		return nil
	}
	return t.f.data[at+4 : at+4+n*size]
}

func (t table) text(i int) string { return string(t.bytes(i, 1)) }

// places are the places that a vector of offsets leads to.
func (t table) places(i int) []int {
	raw := t.bytes(i, 4)
	if raw == nil {
		return nil
	}
	base := t.f.follow(t.field(i)) + 4
	out := make([]int, len(raw)/4)
	for k := range out {
		out[k] = t.f.follow(base + 4*k)
	}
	return out
}

func (t table) tables(i int) []table {
	at := t.places(i)
	out := make([]table, len(at))
	for k := range at {
		out[k] = t.f.table(at[k])
	}
	return out
}

func (t table) texts(i int) []string {
	at := t.places(i)
	out := make([]string, 0, len(at))
	for _, p := range at {
		n := int(t.f.u32(p))
		if !t.f.has(p+4, n) || !t.f.charge(n) {
			return nil
		}
		out = append(out, string(t.f.data[p+4:p+4+n]))
	}
	return out
}

func (t table) i32s(i int) []int32 {
	return decode(t.bytes(i, 4), 4, func(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) })
}

func (t table) f32s(i int) []float32 {
	return decode(t.bytes(i, 4), 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })
}

func (t table) f64s(i int) []float64 {
	return decode(t.bytes(i, 8), 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) })
}

// decode reads the numbers of size bytes each that follow one another in raw.
func decode[T any](raw []byte, size int, read func([]byte) T) []T {
	out := make([]T, len(raw)/size)
	for k := range out {
		out[k] = read(raw[size*k:])
	}
	return out
}
