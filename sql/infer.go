//go:build !nosql

package sql

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/internal/hive"
	"leapscore/sources"
	sourcetext "leapscore/sources/text"
)

// Text has no types, and a query needs numbers: the types of its columns are
// those that all values of all rows have. A sample would not do, since the first
// value behind it that is of another type would be rounded, or be lost.

// kind is a set of types that a text may be read as.
type kind uint8

const (
	kindInt kind = 1 << iota
	kindDouble
	kindBool
	kindDate
	kindTime
	kindAll = kindInt | kindDouble | kindBool | kindDate | kindTime
)

// textColumn is what the values of a column of text have in common.
type textColumn struct {
	may     kind
	saw     seen
	misfits bool // a value that is not of the wanted type was there
	wanted  *sourcetext.Check
}

// seen is a set of what values there were.
type seen uint8

const (
	sawSome     seen = 1 << iota // a value that tells a type
	sawFraction                  // a number that is no integer, or one beyond 64 bits
	sawNegative                  // an integer that is
	sawUnsigned                  // an integer of 64 bits without a sign only
	sawLong                      // an integer that no double holds
)

// kindOf returns the types that a text may be read as without a loss.
func kindOf(text []byte) (kind, seen) {
	s := string(bytes.TrimSpace(text))
	if number, point := isNumber(s); number {
		return numberKind(s, point || s == "-0")
	}
	switch s {
	case "NaN", "Infinity", "-Infinity":
		return kindDouble, 0
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return kindBool, sawSome
	}
	if len(s) != len(text) {
		return 0, 0
	}
	if _, ok := hive.Date(s); ok {
		return kindDate | kindTime, sawSome
	}
	if isTime(s) {
		return kindTime, sawSome
	}
	return 0, 0
}

func numberKind(s string, point bool) (kind, seen) {
	if k, saw := plainNumberKind(s, point); k != 0 {
		return k, saw
	}
	return anyNumberKind(s, point)
}

// plainNumberKind is numberKind of the numbers that most are, or 0: integers of so
// few digits that each double and integer holds them, and fractions in no danger
// of being beyond the doubles. To parse and print each value took most of the time.
func plainNumberKind(s string, point bool) (kind, seen) {
	switch {
	case point && len(s) <= 100 && strings.IndexByte(s, 'e') < 0 && strings.IndexByte(s, 'E') < 0:
		return kindDouble, sawSome | sawFraction
	case point || len(s) > 15:
		return 0, 0
	case s[0] == '-':
		return kindInt | kindDouble, sawSome | sawNegative
	}
	return kindInt | kindDouble, sawSome
}

func anyNumberKind(s string, point bool) (kind, seen) {
	x, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
		return 0, 0
	case point:
		return kindDouble, sawSome | sawFraction
	}
	saw := sawSome
	if s[0] == '-' {
		saw |= sawNegative
	}
	if strconv.FormatFloat(x, 'f', -1, 64) != s && strconv.FormatFloat(x, 'f', 0, 64) != s {
		saw |= sawLong
	}
	if _, ok := hive.Integer(s); ok {
		return kindInt | kindDouble, saw
	}
	if _, err := strconv.ParseUint(s, 10, 64); err == nil {
		return kindInt | kindDouble, saw | sawUnsigned
	}
	return kindDouble, saw | sawFraction
}

// isNumber reports whether a text is a decimal number without leading zeros or
// plus sign, and whether it has a point or an exponent.
func isNumber(s string) (ok, point bool) {
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	i := digits(s)
	whole := i
	if i > 1 && s[0] == '0' {
		return false, false
	}
	if i < len(s) && s[i] == '.' {
		point = true
		n := digits(s[i+1:])
		if n == 0 {
			return false, false
		}
		whole += n
		i += 1 + n
	}
	if whole > 0 && i < len(s) && s[i]|0x20 == 'e' {
		point = true
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		n := digits(s[i:])
		if n == 0 {
			return false, false
		}
		i += n
	}
	return whole > 0 && i == len(s), point
}

func digits(s string) int {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

// isTime reports whether a text is a time of day on a day, to the microsecond.
func isTime(s string) bool {
	if len(s) < 19 || len(s) > 26 || s[10] != ' ' && s[10] != 'T' || len(s) == 20 {
		return false
	}
	_, err := time.Parse("2006-01-02 15:04:05", s[:10]+" "+s[11:])
	return err == nil && (len(s) == 19 || s[19] == '.')
}

func (c *textColumn) see(text []byte) {
	if c.wanted != nil && !c.misfits {
		c.misfits = !c.wanted.Ok(text)
	}
	if c.may == 0 {
		return
	}
	may, saw := kindOf(text)
	c.may &= may
	c.saw |= saw
}

func (c *textColumn) join(other *textColumn) {
	c.may &= other.may
	c.saw |= other.saw
	c.misfits = c.misfits || other.misfits
}

// typ returns the type of the column.
func (c *textColumn) typ() arrow.DataType {
	has := func(saw seen) bool { return c.saw&saw != 0 }
	switch {
	case !has(sawSome):
	case c.may&kindInt != 0 && !has(sawUnsigned):
		return arrow.PrimitiveTypes.Int64
	case c.may&kindInt != 0 && !has(sawNegative):
		return arrow.PrimitiveTypes.Uint64
	case c.may&kindDouble != 0 && !has(sawLong):
		return arrow.PrimitiveTypes.Float64
	case c.may&kindBool != 0:
		return arrow.FixedWidthTypes.Boolean
	case c.may&kindDate != 0:
		return arrow.FixedWidthTypes.Date32
	case c.may&kindTime != 0:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	}
	return arrow.BinaryTypes.String
}

// inference is one pass over columns of text.
type inference struct {
	cols   []string
	wanted map[string]arrow.DataType
	only   kind

	mu  sync.Mutex
	all []textColumn
	err error
}

// infer returns the types of the columns cols of a source, which are text. Of
// those that have a wanted type, it is the wanted one if all values are of it.
func infer(ctx context.Context, src sources.Source, cols []string, only kind, wanted map[string]arrow.DataType, workers int) (map[string]arrow.DataType, error) {
	n := &inference{cols: cols, wanted: wanted, only: only}
	n.all = n.columns()
	defer release(n.all)
	scan, err := src.Scan(ctx, cols)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			if err := n.work(ctx, scan); err != nil {
				n.mu.Lock()
				if n.err == nil {
					n.err = err
				}
				n.mu.Unlock()
				cancel()
			}
		})
	}
	wg.Wait()
	if err := scan.Close(); n.err == nil {
		n.err = err
	}
	types := map[string]arrow.DataType{}
	for i, name := range cols {
		if types[name] = n.all[i].typ(); wanted[name] != nil && !n.all[i].misfits {
			types[name] = wanted[name]
		}
	}
	return types, n.err
}

func (n *inference) columns() []textColumn {
	list := make([]textColumn, len(n.cols))
	for i, name := range n.cols {
		list[i].may = n.only
		if t := n.wanted[name]; t != nil {
			list[i].wanted = sourcetext.NewCheck(t)
			list[i].misfits = list[i].wanted == nil
		}
	}
	return list
}

func release(list []textColumn) {
	for i := range list {
		if list[i].wanted != nil {
			list[i].wanted.Release()
		}
	}
}

// work looks at one split after the other.
func (n *inference) work(ctx context.Context, scan sources.Scan) error {
	own := n.columns()
	defer release(own)
	for {
		split, err := scan.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = split.Each(ctx, memory.NewGoAllocator(), func(b sources.Batch) error {
				for i := range own {
					own[i].batch(b.Column(i))
				}
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range own {
		n.all[i].join(&own[i])
	}
	return nil
}

// batch looks at the values of an array of text.
func (c *textColumn) batch(arr arrow.Array) {
	if c.may == 0 && (c.wanted == nil || c.misfits) {
		return
	}
	switch a := arr.(type) {
	case *array.String:
		for i := range a.Len() {
			if a.IsValid(i) {
				c.see([]byte(a.Value(i)))
			}
		}
	case *array.Dictionary:
		words := a.Dictionary().(*array.String)
		for i := range a.Len() {
			if a.IsValid(i) {
				c.see([]byte(words.Value(a.GetValueIndex(i))))
			}
		}
	default:
		c.may, c.misfits = 0, true
	}
}
