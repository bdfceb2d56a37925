package casefile

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseValue reads a value of type t that fills s.
func ParseValue(s string, t Type) (Value, error) {
	sc := &scanner{text: strings.TrimSpace(s)}
	v, err := sc.value(t)
	if err == nil && sc.text != "" {
		err = fmt.Errorf("unexpected %.20q after the value", sc.text)
	}
	return v, err
}

// scanner reads from the start of text, which is what is left of a line.
type scanner struct{ text string }

func (s *scanner) space() { s.text = strings.TrimLeft(s.text, " \t") }

// accept skips token, and the space after it, if it comes next.
func (s *scanner) accept(token string) bool {
	rest, ok := strings.CutPrefix(s.text, token)
	if ok {
		s.text = rest
		s.space()
	}
	return ok
}

func (s *scanner) expect(token string) error {
	if !s.accept(token) {
		return fmt.Errorf("want %q at %.20q", token, s.text)
	}
	return nil
}

// word takes everything up to a space or one of the characters that end a
// number.
func (s *scanner) word() string {
	n := strings.IndexAny(s.text, " \t:,])}=|")
	if n < 0 {
		n = len(s.text)
	}
	w := s.text[:n]
	s.text = s.text[n:]
	return w
}

func (s *scanner) value(t Type) (v Value, err error) {
	if s.accept("null") {
		return nil, nil
	}
	switch t.Kind {
	case List:
		v, err = s.list(t)
	case Map:
		v, err = s.entries(t)
	case Tensor:
		v, err = s.array(t)
	default:
		v, err = s.base(t.Base)
	}
	s.space()
	return v, err
}

func (s *scanner) list(t Type) (Value, error) {
	if err := s.expect("["); err != nil {
		return nil, err
	}
	return s.elements(t.Base, "]")
}

func (s *scanner) elements(b Base, end string) ([]Value, error) {
	vs := []Value{}
	for !s.accept(end) {
		v, err := s.value(Type{Base: b})
		if err != nil {
			return nil, err
		}
		vs = append(vs, v)
	}
	return vs, nil
}

func (s *scanner) entries(t Type) (Value, error) {
	if err := s.expect("{"); err != nil {
		return nil, err
	}
	es := []Entry{}
	for !s.accept("}") {
		k, err := s.base(t.Key)
		if err == nil {
			err = s.expect(":")
		}
		if err != nil {
			return nil, err
		}
		v, err := s.value(Type{Base: t.Base})
		if err != nil {
			return nil, err
		}
		for _, e := range es {
			if Equal(e.Key, k) {
				return nil, fmt.Errorf("key %v twice in one map", k)
			}
		}
		es = append(es, Entry{k, v})
	}
	return es, nil
}

func (s *scanner) array(t Type) (Value, error) {
	if s.accept("(") {
		return s.sparse(t)
	}
	if err := s.expect("["); err != nil {
		return nil, err
	}
	a := &Array{}
	inner, _, _ := strings.Cut(s.text, "]")
	head, _, hasDims := strings.Cut(inner, ":")
	if hasDims && !strings.Contains(head, `"`) {
		dims, err := dimsOf(head)
		if err != nil {
			return nil, err
		}
		a.Dims = dims
		s.text = s.text[len(head)+1:]
		s.space()
	}
	vs, err := s.elements(t.Base, "]")
	if a.Values = vs; a.Dims == nil {
		a.Dims = []int{len(vs)}
	}
	return a, err
}

// dimsOf reads "2x3"; no text is no dimensions.
func dimsOf(text string) ([]int, error) {
	dims := []int{}
	if text == "" {
		return dims, nil
	}
	for w := range strings.SplitSeq(text, "x") {
		d, err := strconv.Atoi(w)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("dimensions %q: want sizes joined by x", text)
		}
		dims = append(dims, d)
	}
	return dims, nil
}

func (s *scanner) sparse(t Type) (Value, error) {
	dims, err := dimsOf(s.word())
	if err != nil {
		return nil, err
	}
	if len(dims) == 0 {
		return nil, fmt.Errorf("sparse tensor without dimensions at %.20q", s.text)
	}
	a := &Array{Dims: dims, Sparse: true, Values: []Value{}}
	for s.space(); !s.accept(")"); {
		var index []int
		for more := true; more; more = s.accept(",") {
			w := s.word()
			n, err := strconv.Atoi(w)
			if err != nil || len(index) == len(dims) || n < 0 || n >= dims[len(index)] {
				return nil, fmt.Errorf("index %q of a sparse tensor of dimensions %v", w, dims)
			}
			index = append(index, n)
		}
		if len(index) != len(dims) {
			return nil, fmt.Errorf("index %v of a sparse tensor of dimensions %v", index, dims)
		}
		if err := s.expect(":"); err != nil {
			return nil, err
		}
		v, err := s.value(Type{Base: t.Base})
		if err != nil {
			return nil, err
		}
		a.Indices = append(a.Indices, index)
		a.Values = append(a.Values, v)
	}
	return a, nil
}

var ranges = map[Base]int{Byte: 8, Short: 16, Int: 32, Long: 64}

func (s *scanner) base(b Base) (Value, error) {
	switch b {
	case String:
		text, rest, err := Unquote(s.text)
		s.text = rest
		return text, err
	case ByteString:
		if err := s.expect("0x"); err != nil {
			return nil, err
		}
		text, rest, err := Unquote(s.text)
		if err != nil {
			return nil, err
		}
		s.text = rest
		return hex.DecodeString(text)
	}
	w := s.word()
	switch b {
	case Boolean:
		if w != "true" && w != "false" {
			return nil, fmt.Errorf("%q: want true or false", w)
		}
		return w == "true", nil
	case Float:
		x, err := number(w, 32)
		return float32(x), err
	case Double:
		return number(w, 64)
	default:
		n, err := strconv.ParseInt(w, 10, ranges[b])
		if err != nil {
			return nil, fmt.Errorf("%q: want a number of type %s", w, b)
		}
		return n, nil
	}
}

// number is ParseFloat with Java's names for what is not a number, and only
// those.
func number(w string, bits int) (float64, error) {
	switch w {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	}
	x, err := strconv.ParseFloat(w, bits)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0, fmt.Errorf("%q: want a number, NaN, Infinity or -Infinity", w)
	}
	return x, nil
}
