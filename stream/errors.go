package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine"
	"leapscore/engine/pipeline"
	"leapscore/internal/clean"
	"leapscore/internal/fault"
	"leapscore/job"
	source "leapscore/sources/arrow"
)

// The codes of errors that are not those of ops.
const (
	codeFailed  = "failed"  // of a batch as a whole
	codeSkipped = "skipped" // of a row that the model leaves out by its own rule

	codeUsage = "usage"
	codeOther = "failed"
)

// errorType is the type of the column of errors.
var errorType = arrow.StructOf(
	arrow.Field{Name: "code", Type: arrow.BinaryTypes.String, Nullable: true},
	arrow.Field{Name: "message", Type: arrow.BinaryTypes.String, Nullable: true},
	arrow.Field{Name: "node", Type: arrow.BinaryTypes.String, Nullable: true},
	arrow.Field{Name: "op", Type: arrow.BinaryTypes.String, Nullable: true},
	arrow.Field{Name: "column", Type: arrow.BinaryTypes.String, Nullable: true},
)

// checkFree checks that the name of the column of errors is free.
func checkFree(fields []arrow.Field, name string) error {
	for _, f := range fields {
		if f.Name == name {
			return fault.Usagef("the answer has a column %q already; give that of the errors another name with --error-column", name)
		}
	}
	return nil
}

// badRow is why a row is bad: as texts of errorType.
type badRow struct {
	row   int
	texts [5]string
}

// errorsOf is the column of errors of a batch.
func errorsOf(all []*engine.Answer, rows int) arrow.Array {
	var bad []badRow
	first := 0
	for _, a := range all {
		for _, x := range a.Bad {
			code, msg := string(x.Code), x.Msg
			if x.Drop {
				code, msg = codeSkipped, skippedFor(x)
			}
			bad = append(bad, badRow{first + x.Row, [5]string{code, msg, x.Node, x.Op, x.Column}})
		}
		first += a.Rows
	}
	return newErrors(rows, len(bad), func(i int) badRow { return bad[i] })
}

// newErrors makes a column of errors of the bad rows, in their order. A column without
// any is nothing but zeros.
func newErrors(rows, bad int, at func(i int) badRow) arrow.Array {
	zeros := zeroBytes(4 * (rows + 1))
	valid := zeros[:bitutil.BytesForBits(int64(rows))]
	if bad > 0 {
		valid = make([]byte, len(valid))
		for i := range bad {
			bitutil.SetBit(valid, at(i).row)
		}
	}
	kids := make([]arrow.ArrayData, len(errorType.Fields()))
	for k := range kids {
		if bad == 0 {
			bufs := []*memory.Buffer{nil, memory.NewBufferBytes(zeros), memory.NewBufferBytes(nil)}
			kids[k] = array.NewData(arrow.BinaryTypes.String, rows, bufs, nil, 0, 0)
			continue
		}
		kids[k] = texts(rows, bad, func(i int) (int, string) { x := at(i); return x.row, x.texts[k] })
	}
	data := array.NewData(errorType, rows, []*memory.Buffer{memory.NewBufferBytes(valid)}, kids, rows-bad, 0)
	return array.MakeFromData(data)
}

// texts are strings at some rows, in their order, and nulls at the others and for empty
// ones.
func texts(rows, n int, at func(i int) (row int, text string)) arrow.ArrayData {
	valid := make([]byte, bitutil.BytesForBits(int64(rows)))
	offsets := make([]int32, rows+1)
	var all []byte
	next, nulls := 0, rows
	for i := range n {
		row, text := at(i)
		for ; next <= row; next++ {
			offsets[next] = int32(len(all))
		}
		if text != "" {
			bitutil.SetBit(valid, row)
			nulls--
		}
		all = append(all, text...)
	}
	for ; next <= rows; next++ {
		offsets[next] = int32(len(all))
	}
	bufs := []*memory.Buffer{memory.NewBufferBytes(valid), memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)), memory.NewBufferBytes(all)}
	return array.NewData(arrow.BinaryTypes.String, rows, bufs, nil, nulls, 0)
}

// zeros are shared by all columns that are nothing else.
var zeros atomic.Pointer[[]byte]

// zeroBytes returns n bytes that are zero and stay so.
func zeroBytes(n int) []byte {
	if z := zeros.Load(); z != nil && len(*z) >= n {
		return (*z)[:n:n]
	}
	z := make([]byte, 1<<bits.Len(uint(n)))
	if n <= pooledZeros {
		zeros.Store(&z)
	}
	return z[:n:n]
}

// pooledZeros is how many zeros are kept.
const pooledZeros = 16 << 20

func skippedFor(x pipeline.Reject) string {
	return fmt.Sprintf("the model leaves the row out [%s]", x.Code)
}

// firstBad is the error of the first bad row, if there is one.
func firstBad(all []*engine.Answer) error {
	first := int64(0)
	for _, a := range all {
		for _, x := range a.Bad {
			return &engine.RowError{Origin: "-", Row: first + int64(x.Row), Value: a.Value, Reject: x}
		}
		first += int64(a.Rows)
	}
	return nil
}

// failed is the answer to a batch that failed as a whole: all rows have the reason.
func (a *answers) failed(b *source.Batch, why error) (_ arrow.Record, err error) {
	defer pipeline.Recovered(&err)
	msg := clean.Text(why.Error())
	if bug, ok := errors.AsType[*pipeline.PanicError](why); ok {
		msg = fmt.Sprintf("a bug in leapscore, please report it: %v", bug.Value)
	}
	if need := b.Rows * int64(len(msg)+64); b.Rows < 0 || need > a.server.limits.message || b.Rows > math.MaxInt32 {
		return nil, fault.Usage(fmt.Errorf("a record batch of %d rows: %w", b.Rows, why))
	}
	n := int(b.Rows)
	var cols []arrow.Array
	fields := a.schema.Fields()
	for _, f := range fields[:len(fields)-1] {
		cols = append(cols, nullsOf(f.Type, n))
	}
	reason := [5]string{codeFailed, msg}
	cols = append(cols, newErrors(n, n, func(i int) badRow { return badRow{i, reason} }))
	defer release(cols)
	return array.NewRecord(a.schema, cols, b.Rows), nil
}

// nullsOf returns n nulls, or values of a type that has none.
func nullsOf(t arrow.DataType, n int) arrow.Array {
	b := array.NewBuilder(memory.NewGoAllocator(), t)
	defer b.Release()
	b.AppendNulls(n)
	return b.NewArray()
}

// refusal says why a stream is not answered.
type refusal struct {
	Code     string `json:"code"`
	Class    string `json:"class"`
	ExitCode int    `json:"exit_code"`
	Message  string `json:"message"`
	Column   string `json:"column,omitempty"`
}

func (s *server) refusal(err error) refusal {
	class := job.ClassOf(err)
	r := refusal{Code: codeOther, Class: string(class), ExitCode: 1, Message: err.Error()}
	if s.Host.ExitCode != nil {
		r.ExitCode = s.Host.ExitCode(err)
	}
	if blame := job.BlameOf(err); blame.Code != "" {
		r.Code, r.Column = blame.Code, blame.Column
	} else if class == job.ClassUsage {
		r.Code = codeUsage
	}
	return r
}

// stream is a refusal as a stream.
func (r refusal) stream() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	meta := arrow.NewMetadata([]string{ErrorKey}, []string{string(clean.JSON(text))})
	head, err := schemaOf(arrow.NewSchema(nil, &meta))
	return append(head, endMark...), err
}
