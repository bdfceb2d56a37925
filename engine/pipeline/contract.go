package pipeline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/internal/similar"
	"leapscore/ops/column"
)

// CastMode says which conversions are made between the columns of a source and
// the inputs of a model.
type CastMode int

const (
	// CastWiden allows those that lose nothing: integers and decimals to
	// double, float to double, lists to vectors.
	CastWiden CastMode = iota
	// CastMLeap allows every one that MLeap makes, such as strings to numbers.
	CastMLeap
)

// ContractProblem is one input of a model that a source does not satisfy.
type ContractProblem struct {
	Input   string // of the model
	Column  string // looked for; differs from Input under a mapping
	Found   string // the column's type, or "" if there is no such column
	Wanted  string
	Nearest string // a column of a similar name that no other input is read from, if there is one
	Detail  string
	Models  string // that want it, if several were joined: "model a", "models a and b"

	// NeededFor are the wanted outputs that need it, and Without those that need none
	// of the inputs with problems. Both are empty if there is no choice.
	NeededFor, Without string
}

func (p ContractProblem) String() string { return p.found() + p.wayAround() }

// wayAround tells how to do without the input.
func (p ContractProblem) wayAround() string {
	if p.NeededFor == "" {
		return ""
	}
	return fmt.Sprintf("; it is needed for %s only: --outputs %s does without it", p.NeededFor, shellWord(p.Without))
}

// found tells what is wrong with the input.
func (p ContractProblem) found() string {
	var b strings.Builder
	of := ""
	if p.Models != "" {
		of = " of " + p.Models
	}
	if p.Found == "" {
		if p.Input != "" && p.Input != p.Column {
			of += " of --map " + shellWord(p.Input+"="+p.Column)
		}
		fmt.Fprintf(&b, "input column %q (%s)%s is not there", p.Column, p.Wanted, of)
		if p.Detail != "" {
			b.WriteString("; " + p.Detail)
		}
		if p.Nearest != "" {
			fmt.Fprintf(&b, "; did you mean %q? (--map %s)", p.Nearest, shellWord(p.Input+"="+p.Nearest))
		}
		return b.String()
	}
	fmt.Fprintf(&b, "input column %q%s is %s, want %s", p.Column, of, p.Found, p.Wanted)
	if p.Detail != "" {
		b.WriteString("; " + p.Detail)
	}
	return b.String()
}

// shellWord is a word of a command line to be pasted.
func shellWord(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.=/,", r)
	}) {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// ContractError lists every input that a source does not satisfy.
type ContractError struct {
	Problems []ContractProblem
	Columns  []string // of the source
}

// noName is a column of CSV without a header.
var noName = regexp.MustCompile(`^column[0-9]+$`)

// headerHint says what may be wrong with how CSV is read, by the names of its columns.
func headerHint(columns []string) string {
	named := func(c string) bool { return !noName.MatchString(c) }
	switch {
	case len(columns) == 1 && strings.ContainsAny(columns[0], ",;|\t"):
		return "the source has one column, whose name looks like several: check --csv-delimiter"
	case len(columns) == 1 && strings.ContainsFunc(columns[0], func(r rune) bool { return r > 0x2e7f }):
		return "the source has one column with an odd name: check --csv-encoding"
	case len(columns) > 0 && !slices.ContainsFunc(columns, named):
		return "the columns have no names of their own: if the first line of the CSV has names, leave out --csv-header=false; else name columns with --map"
	}
	return ""
}

// numbered is how the features of a booster are called whose file has no names.
var numbered = regexp.MustCompile(`^(f|Column_|)[0-9]+$`)

// numberedHint says how inputs get names that have numbers only.
func (e *ContractError) numberedHint() string {
	for _, p := range e.Problems {
		if p.Found != "" || !numbered.MatchString(p.Input) {
			return ""
		}
	}
	return "if the model is a booster whose file has no names of features, --features A,B,... names them in the order of the training"
}

func (e *ContractError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	if e.lacks() {
		lines = append(lines, "the source has "+similar.List(e.Columns))
		if hint := headerHint(e.Columns); hint != "" {
			lines = append(lines, hint)
		}
		if hint := e.numberedHint(); hint != "" {
			lines = append(lines, hint)
		}
		lines = append(lines, "--map INPUT=COLUMN reads another column, --input-default INPUT=VALUE gives all rows one value")
	}
	if len(e.Problems) == 1 {
		return strings.Join(lines, "; ")
	}
	return fmt.Sprintf("%d inputs of the model are not satisfied:\n  %s", len(e.Problems), strings.Join(lines, "\n  "))
}

// lacks reports whether an input is not there, and nothing seems to be meant by it.
func (e *ContractError) lacks() bool {
	return len(e.Columns) > 0 && slices.ContainsFunc(e.Problems, func(p ContractProblem) bool { return p.Found == "" && p.Nearest == "" })
}

// frameType returns the type that MLeap would give a column of Arrow type dt.
func frameType(dt arrow.DataType) (bundle.Type, bool) {
	if b, ok := frameBase(dt); ok {
		return bundle.Scalar(b), true
	}
	switch t := dt.(type) {
	case *arrow.ListType, *arrow.LargeListType, *arrow.FixedSizeListType:
		b, ok := frameBase(t.(arrow.ListLikeType).Elem())
		return bundle.List(b), ok
	case *arrow.MapType:
		k, kok := frameBase(t.KeyType())
		v, vok := frameBase(t.ItemType())
		return bundle.Map(k, v), kok && vok
	case *arrow.StructType:
		return bundle.Tensor(bundle.Double), column.IsVectorLike(t) || column.IsSparseLike(t)
	}
	return bundle.Type{}, false
}

func frameBase(dt arrow.DataType) (bundle.Base, bool) {
	switch dt.ID() {
	case arrow.BOOL:
		return bundle.Boolean, true
	case arrow.INT8:
		return bundle.Byte, true
	case arrow.INT16, arrow.UINT8:
		return bundle.Short, true
	case arrow.INT32, arrow.UINT16:
		return bundle.Int, true
	case arrow.INT64, arrow.UINT32:
		return bundle.Long, true
	case arrow.FLOAT16, arrow.FLOAT32:
		return bundle.Float, true
	case arrow.FLOAT64, arrow.UINT64, arrow.DECIMAL128, arrow.DECIMAL256:
		return bundle.Double, true
	case arrow.STRING, arrow.LARGE_STRING:
		return bundle.String, true
	case arrow.BINARY, arrow.LARGE_BINARY, arrow.FIXED_SIZE_BINARY:
		return bundle.ByteString, true
	case arrow.DICTIONARY:
		return frameBase(dt.(*arrow.DictionaryType).ValueType)
	}
	return bundle.UnknownBase, false
}

// widens reports whether from converts to to without loss.
func widens(from, to bundle.Type) bool {
	switch {
	case from.Kind == to.Kind && from.Kind == bundle.MapKind:
		return from.Key == to.Key && widensBase(from.Base, to.Base)
	case from.Kind == to.Kind, from.Kind == bundle.ListKind && to.Kind == bundle.TensorKind:
		return widensBase(from.Base, to.Base)
	case from.Kind == bundle.ScalarKind && to.Kind == bundle.TensorKind:
		return to.Dims != nil && len(to.Dims) == 0 && widensBase(from.Base, to.Base)
	}
	return false
}

func widensBase(from, to bundle.Base) bool {
	if from == to {
		return true
	}
	if !from.Numeric() || !to.Numeric() {
		return false
	}
	switch to {
	case bundle.Double:
		return true
	case bundle.Float:
		return from <= bundle.Short
	}
	return from < to && from <= bundle.Long
}

// loosens reports whether a port that is Loose takes values of type from as to.
func loosens(from, to bundle.Type) bool {
	if from.Kind != bundle.ScalarKind || to.Kind != bundle.ScalarKind {
		return false
	}
	if to.Base == bundle.String {
		return from.Base == bundle.Boolean || from.Base >= bundle.Byte && from.Base <= bundle.Long
	}
	return to.Base == bundle.Double && from.Base == bundle.Boolean
}
