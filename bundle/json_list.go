package bundle

import "bytes"

// room returns how many elements the array that starts here may have, going by
// the commas before the first bracket that closes one.
func (r *jsonReader) room() int {
	rest := r.data[r.pos:]
	end := bytes.IndexByte(rest, ']')
	if end < 0 {
		return 0
	}
	return min(bytes.Count(rest[:end], []byte{','})+1, max(r.values, 0))
}

// elements reads an array with read for each element.
func elements[T any](r *jsonReader, read func() (T, error)) ([]T, error) {
	if r.next() != '[' {
		return nil, r.wrong("an array")
	}
	var out []T
	err := r.array(func(int) error {
		if !r.charge(1) {
			return nil
		}
		x, err := read()
		if out == nil {
			out = make([]T, 0, r.room())
		}
		out = append(out, x)
		return err
	})
	if err != nil || r.err != nil {
		return nil, err
	}
	return out, nil
}

// compounds is elements for values that cost more than one word.
func compounds[T any](r *jsonReader, read func() (T, error)) ([]T, error) {
	if r.next() != '[' {
		return nil, r.wrong("an array")
	}
	var out []T
	err := r.array(func(int) error {
		x, err := read()
		out = append(out, x)
		return err
	})
	if err != nil || r.err != nil {
		return nil, err
	}
	return out, nil
}

func (r *jsonReader) doubles() ([]float64, error) { return elements(r, r.double) }

func (r *jsonReader) floats() ([]float32, error) {
	return elements(r, func() (float32, error) {
		x, err := r.float(32)
		return float32(x), err
	})
}

func (r *jsonReader) longs() ([]int64, error) {
	return elements(r, func() (int64, error) { return r.integer(64) })
}

// ints reads an array of ints of at most 32 bits.
func (r *jsonReader) ints(bits int) ([]int32, error) {
	return elements(r, func() (int32, error) {
		n, err := r.integer(bits)
		return int32(n), err
	})
}

func (r *jsonReader) bool() (bool, error) {
	switch r.next() {
	case 't':
		return r.literal("true"), nil
	case 'f':
		r.literal("false")
		return false, nil
	}
	return false, r.wrong("a boolean")
}

// basicType reads the name of a basic type.
func (r *jsonReader) basicType() (Base, error) {
	name, err := r.text()
	if err != nil || r.err != nil {
		return UnknownBase, err
	}
	return parseBasicType(name)
}

// texts reads an array of strings.
func (r *jsonReader) texts() ([]string, error) { return elements(r, r.text) }
