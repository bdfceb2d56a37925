package jvm

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"leapscore/ops/opstest/casefile"
)

func encodeRequest(id int, q Request) ([]byte, error) {
	columns := make([][2]string, len(q.Columns))
	for i, c := range q.Columns {
		columns[i] = [2]string{c.Name, c.Type.String()}
	}
	head, err := json.Marshal(struct {
		ID      int         `json:"id"`
		Bundle  string      `json:"bundle"`
		Columns [][2]string `json:"columns"`
		Mode    string      `json:"mode,omitempty"`
	}{id, q.Bundle, columns, q.mode()})
	if err != nil {
		return nil, err
	}
	b := append(head[:len(head)-1], `,"rows":[`...)
	for i, row := range q.Rows {
		if len(row) != len(q.Columns) {
			return nil, fmt.Errorf("row %d: %d values, want %d", i, len(row), len(q.Columns))
		}
		b = comma(b, i)
		b = append(b, '[')
		for j, v := range row {
			b = appendValue(comma(b, j), v, q.Columns[j].Type)
		}
		b = append(b, ']')
	}
	return append(b, "]}\n"...), nil
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

func appendValue(b []byte, v casefile.Value, t casefile.Type) []byte {
	switch v := v.(type) {
	case []casefile.Value:
		return appendList(b, v)
	case []casefile.Entry:
		b = append(b, '[')
		for i, e := range v {
			b = append(comma(b, i), '[')
			b = appendBase(b, e.Key)
			b = append(b, ',')
			b = append(appendBase(b, e.Value), ']')
		}
		return append(b, ']')
	case *casefile.Array:
		b = appendInts(append(b, `{"d":`...), v.Dims)
		if v.Sparse {
			b = append(b, `,"i":[`...)
			for i, index := range v.Indices {
				b = appendInts(comma(b, i), index)
			}
			b = append(b, ']')
		}
		b = append(b, `,"v":`...)
		if t.Base == casefile.Double || t.Base == casefile.Float {
			b = append(b, '"')
			for _, x := range v.Values {
				b = appendBits(b, x)
			}
			b = append(b, '"')
		} else {
			b = appendList(b, v.Values)
		}
		return append(b, '}')
	default:
		return appendBase(b, v)
	}
}

func appendList(b []byte, vs []casefile.Value) []byte {
	b = append(b, '[')
	for i, v := range vs {
		b = appendBase(comma(b, i), v)
	}
	return append(b, ']')
}

func appendInts(b []byte, ns []int) []byte {
	b = append(b, '[')
	for i, n := range ns {
		b = strconv.AppendInt(comma(b, i), int64(n), 10)
	}
	return append(b, ']')
}

func appendBits(b []byte, v casefile.Value) []byte {
	if f, ok := v.(float32); ok {
		return fmt.Appendf(b, "%08x", math.Float32bits(f))
	}
	return fmt.Appendf(b, "%016x", math.Float64bits(v.(float64)))
}

func appendBase(b []byte, v casefile.Value) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float32, float64:
		return append(appendBits(append(b, '"'), v), '"')
	case string:
		return append(b, casefile.Quote(v)...) // JSON, which keeps halves of surrogate pairs
	case []byte:
		return append(append(append(b, '"'), base64.StdEncoding.EncodeToString(v)...), '"')
	default:
		panic(fmt.Sprintf("jvm: a value of type %T", v))
	}
}

type wireField struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
}

func decodeResult(id int, line []byte, rows int) (*Result, error) {
	var a struct {
		ID    int `json:"id"`
		Error *struct {
			Stage string `json:"stage"`
			Exception
		} `json:"error"`
		Inputs  []wireField       `json:"inputs"`
		Columns []wireField       `json:"columns"`
		Rows    []json.RawMessage `json:"rows"`
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	if a.ID != id {
		return nil, fmt.Errorf("oracle: answer %d, want %d", a.ID, id)
	}
	if a.Error != nil {
		return nil, &StageError{a.Error.Stage, &a.Error.Exception}
	}
	if len(a.Rows) != rows {
		return nil, fmt.Errorf("oracle: %d rows, want %d", len(a.Rows), rows)
	}
	r := &Result{Rows: make([]Outcome, rows)}
	var err error
	if r.Inputs, err = fields(a.Inputs); err != nil {
		return nil, err
	}
	if r.Columns, err = fields(a.Columns); err != nil {
		return nil, err
	}
	for i, raw := range a.Rows {
		if r.Rows[i], err = decodeRow(raw, r.Columns); err != nil {
			return nil, fmt.Errorf("oracle: row %d: %w", i, err)
		}
	}
	return r, nil
}

func fields(ws []wireField) ([]Field, error) {
	fs := make([]Field, len(ws))
	for i, w := range ws {
		t, err := casefile.ParseType(w.Type)
		if err != nil {
			return nil, fmt.Errorf("oracle: column %q: %w", w.Name, err)
		}
		fs[i] = Field{w.Name, t, w.Nullable}
	}
	return fs, nil
}

func decodeRow(raw json.RawMessage, columns []Field) (Outcome, error) {
	var o Outcome
	if raw[0] == '{' {
		var e struct {
			Drop  bool       `json:"drop"`
			Error *Exception `json:"error"`
		}
		err := json.Unmarshal(raw, &e)
		return Outcome{Drop: e.Drop, Err: e.Error}, err
	}
	var vs []json.RawMessage
	if err := json.Unmarshal(raw, &vs); err != nil {
		return o, err
	}
	if len(vs) != len(columns) {
		return o, fmt.Errorf("%d values, want %d", len(vs), len(columns))
	}
	o.Values = make([]casefile.Value, len(vs))
	for i, v := range vs {
		var err error
		if o.Values[i], err = decodeValue(v, columns[i].Type); err != nil {
			return o, fmt.Errorf("column %q: %w", columns[i].Name, err)
		}
	}
	return o, nil
}

func decodeValue(raw json.RawMessage, t casefile.Type) (casefile.Value, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch t.Kind {
	case casefile.List:
		return decodeList(raw, t.Base)
	case casefile.Map:
		var pairs [][2]json.RawMessage
		if err := json.Unmarshal(raw, &pairs); err != nil {
			return nil, err
		}
		es := make([]casefile.Entry, len(pairs))
		for i, p := range pairs {
			k, err := decodeBase(p[0], t.Key)
			if err != nil {
				return nil, err
			}
			v, err := decodeBase(p[1], t.Base)
			if err != nil {
				return nil, err
			}
			es[i] = casefile.Entry{Key: k, Value: v}
		}
		// Scala's maps have no order that means anything
		slices.SortFunc(es, func(a, b casefile.Entry) int {
			return compareKeys(a.Key, b.Key)
		})
		return es, nil
	case casefile.Tensor:
		return decodeArray(raw, t.Base)
	default:
		return decodeBase(raw, t.Base)
	}
}

func compareKeys(a, b casefile.Value) int {
	x, y := fmt.Sprint(a), fmt.Sprint(b)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func decodeList(raw json.RawMessage, b casefile.Base) ([]casefile.Value, error) {
	var xs []json.RawMessage
	if err := json.Unmarshal(raw, &xs); err != nil {
		return nil, err
	}
	vs := make([]casefile.Value, len(xs))
	for i, x := range xs {
		var err error
		if vs[i], err = decodeBase(x, b); err != nil {
			return nil, err
		}
	}
	return vs, nil
}

func decodeArray(raw json.RawMessage, b casefile.Base) (*casefile.Array, error) {
	var w struct {
		Dims    []int           `json:"d"`
		Indices *[][]int        `json:"i"`
		Values  json.RawMessage `json:"v"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return nil, err
	}
	a := &casefile.Array{Dims: w.Dims}
	if w.Indices != nil {
		a.Sparse, a.Indices = true, *w.Indices
	}
	digits := map[casefile.Base]int{casefile.Double: 16, casefile.Float: 8}[b]
	if digits == 0 {
		vs, err := decodeList(w.Values, b)
		a.Values = vs
		return a, err
	}
	var text string
	if err := json.Unmarshal(w.Values, &text); err != nil {
		return nil, err
	}
	a.Values = make([]casefile.Value, len(text)/digits)
	for i := range a.Values {
		var err error
		if a.Values[i], err = parseBits(text[digits*i:digits*(i+1)], b); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func parseBits(digits string, b casefile.Base) (casefile.Value, error) {
	bits, err := strconv.ParseUint(digits, 16, 64)
	if b == casefile.Float {
		return math.Float32frombits(uint32(bits)), err
	}
	return math.Float64frombits(bits), err
}

func decodeBase(raw json.RawMessage, b casefile.Base) (casefile.Value, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch b {
	case casefile.Boolean:
		return strconv.ParseBool(string(raw))
	case casefile.Byte, casefile.Short, casefile.Int, casefile.Long:
		return strconv.ParseInt(string(raw), 10, 64)
	}
	// encoding/json would replace halves of surrogate pairs
	s, _, err := casefile.Unquote(string(raw))
	if err != nil {
		return nil, err
	}
	switch b {
	case casefile.String:
		return s, nil
	case casefile.ByteString:
		return base64.StdEncoding.DecodeString(s)
	default:
		return parseBits(s, b)
	}
}

func (q Request) mode() string {
	if q.Reload {
		return "reload"
	}
	return ""
}
