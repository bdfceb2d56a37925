package stream

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
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

// rowErrors builds a column of errors.
type rowErrors struct {
	b    *array.StructBuilder
	text [5]*array.StringBuilder
	rows int64
}

func newRowErrors() *rowErrors {
	e := &rowErrors{b: array.NewStructBuilder(memory.NewGoAllocator(), errorType)}
	for i := range e.text {
		e.text[i] = e.b.FieldBuilder(i).(*array.StringBuilder)
	}
	return e
}

// good adds rows without errors up to row.
func (e *rowErrors) good(row int64) {
	for ; e.rows < row; e.rows++ {
		e.b.AppendNull()
	}
}

func (e *rowErrors) add(texts ...string) {
	e.b.Append(true)
	for i, s := range texts {
		if s == "" {
			e.text[i].AppendNull()
		} else {
			e.text[i].Append(s)
		}
	}
	e.rows++
}

// errorsOf is the column of errors of a batch.
func errorsOf(all []*engine.Answer, rows int64) arrow.Array {
	e := newRowErrors()
	first := int64(0)
	for _, a := range all {
		for _, x := range a.Bad {
			e.good(first + int64(x.Row))
			code, msg := string(x.Code), x.Msg
			if x.Drop {
				code, msg = codeSkipped, skippedFor(x)
			}
			e.add(code, msg, x.Node, x.Op, x.Column)
		}
		first += int64(a.Rows)
	}
	e.good(rows)
	return e.b.NewArray()
}

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
func (a *answers) failed(b *source.Batch, why error) (arrow.Record, error) {
	msg := clean.Text(why.Error())
	if bug, ok := errors.AsType[*pipeline.PanicError](why); ok {
		msg = fmt.Sprintf("a bug in leapscore, please report it: %v", bug.Value)
	}
	if need := b.Rows * int64(len(msg)+64); b.Rows < 0 || need > a.server.limits.message {
		return nil, fault.Usage(fmt.Errorf("a record batch of %d rows: %w", b.Rows, why))
	}
	n := int(b.Rows)
	var cols []arrow.Array
	fields := a.schema.Fields()
	for _, f := range fields[:len(fields)-1] {
		cols = append(cols, array.MakeArrayOfNull(memory.NewGoAllocator(), f.Type, n))
	}
	e := newRowErrors()
	for range n {
		e.add(codeFailed, msg, "", "", "")
	}
	return array.NewRecord(a.schema, append(cols, e.b.NewArray()), b.Rows), nil
}

// refusal says why a stream is not answered.
type refusal struct {
	Code     string `json:"code"`
	Class    string `json:"class"`
	ExitCode int    `json:"exit_code"`
	Message  string `json:"message"`
	Column   string `json:"column,omitempty"`
}

func (s *Server) refusal(err error) refusal {
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

// metadata is a refusal as the metadata of a schema.
func (r refusal) metadata() (arrow.Metadata, error) {
	text, err := json.Marshal(r)
	return arrow.NewMetadata([]string{ErrorKey}, []string{string(clean.JSON(text))}), err
}
