package booster

import (
	"encoding/binary"
	"math"
)

// grown appends n values of size bytes to dst. It takes memory for what was read,
// not for what a file says that there is. read fills what it is given with the
// next values.
func grown[T any](n int64, size int, dst []T, read func(part []T, size int) ([]T, error)) ([]T, error) {
	const step = 64 << 10
	for n > 0 {
		take := int(min(n, step))
		at := len(dst)
		if cap(dst)-at < take {
			more := make([]T, at, max(at+take, min(2*at, at+int(min(n, math.MaxInt32)))))
			copy(more, dst)
			dst = more
		}
		dst = dst[:at+take]
		if _, err := read(dst[at:], size); err != nil {
			return dst, err
		}
		n -= int64(take)
	}
	return dst, nil
}

func (r *ubjReader) floats(dst []float32) ([]float32, error) {
	return typed(r, dst, func(kind byte, b []byte) (float32, error) {
		if kind == 'd' {
			return math.Float32frombits(binary.BigEndian.Uint32(b)), nil
		}
		n, x := numberOf(kind, b)
		if kind == 'D' {
			return float32(x), nil
		}
		return float32(n), nil
	})
}

func (r *ubjReader) doubles(dst []float64) ([]float64, error) {
	return typed(r, dst, func(kind byte, b []byte) (float64, error) {
		_, x := numberOf(kind, b)
		return x, nil
	})
}

func (r *ubjReader) ints(dst []int32) ([]int32, error) {
	return typed(r, dst, func(kind byte, b []byte) (int32, error) {
		n, _ := numberOf(kind, b)
		if kind == 'd' || kind == 'D' {
			return 0, r.errorf("numbers of kind %q stand where whole numbers are wanted", kind)
		}
		if n != int64(int32(n)) {
			return 0, r.errorf("%d is not a whole number of 32 bits", n)
		}
		return int32(n), nil
	})
}

// typed appends an array of numbers to dst.
func typed[T any](r *ubjReader, dst []T, of func(kind byte, b []byte) (T, error)) ([]T, error) {
	if err := r.open('['); err != nil {
		return dst, err
	}
	kind, n, err := r.header()
	if err != nil {
		return dst, err
	}
	if kind == 0 {
		return mixed(r, n, dst, of)
	}
	size := sizes[kind]
	if size == 0 {
		return dst, r.errorf("numbers of kind %q are none", kind)
	}
	bytes := make([]byte, min(n, 4096)*int64(size))
	return grown(n, size, dst, func(part []T, size int) ([]T, error) {
		for len(part) > 0 {
			b := bytes[:min(len(bytes), len(part)*size)]
			if err := r.full(b); err != nil {
				return nil, err
			}
			for i := range len(b) / size {
				x, err := of(kind, b[i*size:i*size+size])
				if err != nil {
					return nil, err
				}
				part[i] = x
			}
			part = part[len(b)/size:]
		}
		return nil, nil
	})
}

// mixed reads numbers that have a kind each.
func mixed[T any](r *ubjReader, n int64, dst []T, of func(kind byte, b []byte) (T, error)) ([]T, error) {
	err := r.values(n, ']', func(int) error {
		kind, err := r.byte()
		if err != nil {
			return err
		}
		size, ok := sizes[kind]
		if !ok || kind == 'Z' {
			return r.errorf("a value of kind %q stands where a number is wanted", kind)
		}
		var b [8]byte
		if err := r.full(b[:size]); err != nil {
			return err
		}
		x, err := of(kind, b[:size])
		dst = append(dst, x)
		return err
	})
	return dst, err
}

// skip passes any value by.
func (r *ubjReader) skip() error {
	kind, err := r.byte()
	if err != nil {
		return err
	}
	switch kind {
	case 'S', 'H':
		n, err := r.length()
		if err != nil {
			return err
		}
		return r.discard(n)
	case '{':
		return r.members(func(string) error { return r.skip() })
	case '[':
		kind, n, err := r.header()
		if err != nil {
			return err
		}
		if kind == 0 {
			return r.values(n, ']', func(int) error { return r.skip() })
		}
		size, ok := sizes[kind]
		if !ok || n > math.MaxInt64/8 {
			return r.errorf("an array has %d values of kind %q", n, kind)
		}
		return r.discard(n * int64(size))
	}
	size, ok := sizes[kind]
	if !ok {
		return r.errorf("%q begins no value", kind)
	}
	return r.discard(int64(size))
}

func (r *ubjReader) discard(n int64) error {
	for n > 0 {
		k, err := r.src.Discard(int(min(n, 1<<30)))
		r.at += int64(k)
		n -= int64(k)
		if err != nil {
			return short(err)
		}
	}
	return nil
}
