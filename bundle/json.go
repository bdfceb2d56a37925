package bundle

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// maxJSONDepth and maxJSONNumber are the limits of spray-json, which reads
// bundles for MLeap (JsonParserSettings).
const (
	maxJSONDepth  = 1000
	maxJSONNumber = 100
)

// jsonReader is a strict pull parser over one file or line in memory. It reads
// JSON as spray-json does and builds no generic tree.
//
// There are two kinds of errors. Text that is not JSON ends the parse: it is
// kept in err, the position goes to the end, and every later read gives zeros.
// A value that is JSON but not what was asked for is returned as an error after
// the value has been passed over, because a later member of the same name may
// replace it.
type jsonReader struct {
	data   []byte
	pos    int
	depth  int
	values int // what is left of Limits.Values
	err    error
}

var errTooManyValues = tooLarge(limitValues, "too many values")

// fail records the first syntax error.
func (r *jsonReader) fail(format string, args ...any) {
	if r.err == nil {
		line := 1 + bytes.Count(r.data[:r.pos], []byte{'\n'})
		column := r.pos - bytes.LastIndexByte(r.data[:r.pos], '\n')
		r.err = fmt.Errorf("line %d, column %d: %w", line, column, fmt.Errorf(format, args...))
	}
	r.pos = len(r.data)
}

// charge takes n values from the budget.
func (r *jsonReader) charge(n int) bool {
	if r.values -= n; r.values < 0 {
		if r.err == nil {
			r.err = errTooManyValues
		}
		r.pos = len(r.data)
		return false
	}
	return true
}

func (r *jsonReader) space() {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\n', '\r', '\t':
			r.pos++
		default:
			return
		}
	}
}

// peek passes over white space and returns the next byte, 0 at the end.
func (r *jsonReader) peek() byte {
	r.space()
	if r.pos < len(r.data) {
		return r.data[r.pos]
	}
	return 0
}

// next is peek for the start of a value.
func (r *jsonReader) next() byte {
	if r.depth >= maxJSONDepth {
		r.fail("nested deeper than %d (%w)", maxJSONDepth, ErrLimit)
		return 0
	}
	return r.peek()
}

// unexpected fails at the current byte.
func (r *jsonReader) unexpected(want string) {
	if r.pos >= len(r.data) {
		r.fail("ends early, want %s", want)
		return
	}
	r.fail("found %q, want %s", rune(r.data[r.pos]), want)
}

// end checks that nothing but white space follows.
func (r *jsonReader) end() {
	if r.peek(); r.err == nil && r.pos < len(r.data) {
		r.unexpected("the end")
	}
}

// wrong passes over the value that starts here and says that it is not a want.
func (r *jsonReader) wrong(want string) error {
	found := r.kind()
	r.skip()
	return fmt.Errorf("%s, want %s", found, want)
}

// kind names the value that starts at the current byte.
func (r *jsonReader) kind() string {
	switch c := r.peek(); c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// skip passes over any value and checks that it is well formed.
func (r *jsonReader) skip() {
	switch c := r.next(); c {
	case '{':
		_ = r.object(func([]byte) error { r.skip(); return nil })
	case '[':
		_ = r.array(func(int) error { r.skip(); return nil })
	case '"':
		r.rawString()
	case 't':
		r.literal("true")
	case 'f':
		r.literal("false")
	case 'n':
		r.literal("null")
	default:
		r.number()
	}
}

func (r *jsonReader) literal(s string) bool {
	if r.err == nil && len(r.data)-r.pos >= len(s) && string(r.data[r.pos:r.pos+len(s)]) == s {
		r.pos += len(s)
		return true
	}
	r.unexpected("a JSON value")
	return false
}

// object reads an object; member reads or skips the value of each key. Of
// members of the same name, the error of the last one counts.
func (r *jsonReader) object(member func(key []byte) error) error {
	if r.next() != '{' {
		return r.wrong("an object")
	}
	r.pos++
	r.depth++
	defer func() { r.depth-- }()
	if r.peek() == '}' {
		r.pos++
		return nil
	}
	var bad memberErrors
	for {
		if r.peek() != '"' {
			r.unexpected("a string")
			return nil
		}
		key := r.rawString()
		if r.peek() != ':' {
			r.unexpected(`":"`)
			return nil
		}
		r.pos++
		err := member(key)
		if (err != nil || bad.by != nil) && r.charge(1) {
			bad.set(string(key), err)
		}
		switch r.peek() {
		case ',':
			r.pos++
		case '}':
			r.pos++
			return bad.first()
		default:
			r.unexpected(`"," or "}"`)
			return nil
		}
	}
}

// memberErrors are the errors of an object's members, one per name.
type memberErrors struct {
	by    map[string]error
	order []string
}

func (m *memberErrors) set(key string, err error) {
	if m.by == nil {
		m.by = make(map[string]error)
	}
	if _, old := m.by[key]; !old {
		m.order = append(m.order, key)
	}
	m.by[key] = err
}

func (m *memberErrors) first() error {
	for _, key := range m.order {
		if err := m.by[key]; err != nil {
			return &pathError{key, err}
		}
	}
	return nil
}

// array reads an array; element reads or skips each of its values. After the
// first error the rest is passed over.
func (r *jsonReader) array(element func(i int) error) error {
	if r.next() != '[' {
		return r.wrong("an array")
	}
	r.pos++
	r.depth++
	defer func() { r.depth-- }()
	if r.peek() == ']' {
		r.pos++
		return nil
	}
	var bad error
	for i := 0; ; i++ {
		if bad != nil {
			r.skip()
		} else if err := element(i); err != nil {
			bad = &pathError{"[" + strconv.Itoa(i) + "]", err}
		}
		switch r.peek() {
		case ',':
			r.pos++
		case ']':
			r.pos++
			return bad
		default:
			r.unexpected(`"," or "]"`)
			return nil
		}
	}
}

// pathError says where in a value an error is; printing joins the steps:
// "attributes.splits.double[3]: a string, want a number".
type pathError struct {
	step string
	err  error
}

func (e *pathError) Error() string {
	path := e.step
	err := e.err
	for {
		inner, ok := err.(*pathError)
		if !ok {
			return path + ": " + err.Error()
		}
		if !strings.HasPrefix(inner.step, "[") {
			path += "."
		}
		path += inner.step
		err = inner.err
	}
}

func (e *pathError) Unwrap() error { return e.err }

// pathTo adds a step to the path of err.
func pathTo(step string, err error) error { return &pathError{step, err} }
