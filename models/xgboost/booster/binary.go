package booster

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// binaryReader reads the legacy binary form, which versions up to 2.1 write: C
// structures one behind the other (src/learner.cc, LearnerModelParamLegacy;
// include/xgboost/tree_model.h, TreeParam, RegTree::Node, RTreeNodeStat).
type binaryReader struct {
	src *bufio.Reader
	buf []byte
	err error
}

func newBinary(src *bufio.Reader) *binaryReader { return &binaryReader{src: src} }

// next returns the next n bytes, zeros behind an error.
func (r *binaryReader) next(n int) []byte {
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	b := r.buf[:n]
	if r.err == nil {
		_, err := io.ReadFull(r.src, b)
		r.err = short(err)
	}
	if r.err != nil {
		clear(b)
	}
	return b
}

func (r *binaryReader) int32() int32   { return int32(binary.LittleEndian.Uint32(r.next(4))) }
func (r *binaryReader) uint64() uint64 { return binary.LittleEndian.Uint64(r.next(8)) }

func (r *binaryReader) float32() float32 { return math.Float32frombits(uint32(r.int32())) }

// count reads how many values follow.
func (r *binaryReader) count(of string) int64 {
	n := r.uint64()
	if r.err == nil && n > math.MaxInt32 {
		r.err = fmt.Errorf("the file says that it has %d %s", n, of)
	}
	if r.err != nil {
		return 0
	}
	return int64(n)
}

func (r *binaryReader) text() string {
	b, err := grown(r.count("bytes of text"), 1, nil, func(b []byte, _ int) ([]byte, error) {
		copy(b, r.next(len(b)))
		return b, r.err
	})
	if err != nil {
		return ""
	}
	return string(b)
}

func (r *binaryReader) floats(n int64) []float32 {
	out, _ := grown(n, 4, nil, func(part []float32, size int) ([]float32, error) {
		b := r.next(len(part) * size)
		for i := range part {
			part[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return part, r.err
	})
	return out
}

func (r *binaryReader) ints(n int64) []int32 {
	out, _ := grown(n, 4, nil, func(part []int32, size int) ([]int32, error) {
		b := r.next(len(part) * size)
		for i := range part {
			part[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return part, r.err
	})
	return out
}

// document reads the file behind its mark.
func (r *binaryReader) document() (*document, error) {
	d := &document{form: "binary", params: map[string]string{}, attributes: map[string]string{}}
	d.baseFloat = r.float32()
	d.numFeature, d.numClass = int64(uint32(r.int32())), int64(r.int32())
	extra, _ := r.int32(), r.int32()
	d.version = []int32{r.int32(), r.int32(), 0}
	d.numTarget = max(1, int64(uint32(r.int32())))
	r.next(4 + 4*25)
	d.objective, d.booster = r.text(), r.text()
	if r.err != nil {
		return nil, r.err
	}
	switch d.booster {
	case "gbtree", "dart":
		r.trees(d)
	case "gblinear":
		r.next(4 * 34)
		d.weights = r.floats(r.count("weights"))
	default:
		return nil, fmt.Errorf("the file is no model of XGBoost: %.40q stands where gbtree, dart or gblinear is wanted", d.booster)
	}
	if extra != 0 {
		for n := r.count("attributes"); n > 0 && r.err == nil; n-- {
			key := r.text()
			d.attributes[key] = r.text()
		}
	}
	return d, r.err
}

func (r *binaryReader) trees(d *document) {
	n := r.int32()
	d.parallel = int64(r.int32())
	r.next(4 * 38)
	if r.err == nil && n < 0 {
		r.err = fmt.Errorf("the file says that it has %d trees", n)
	}
	for i := int32(0); i < n && r.err == nil; i++ {
		p, err := r.tree()
		if err != nil {
			r.err = fmt.Errorf("tree %d: %w", i, err)
			return
		}
		d.plants = append(d.plants, p)
	}
	if r.err != nil {
		return
	}
	d.info = r.ints(int64(n))
	if d.booster == "dart" && n > 0 {
		d.drop = r.floats(r.count("weights of trees"))
	}
}

func (r *binaryReader) tree() (*plant, error) {
	r.int32()
	n := r.int32()
	r.next(4 * 3)
	width := r.int32()
	r.next(4 * 31)
	if r.err != nil {
		return nil, r.err
	}
	if n < 1 || width < 0 || width > 1 {
		return nil, fmt.Errorf("the file says that it has %d nodes and leaves of %d values", n, width)
	}
	s := saplings.Get().(*sapling)
	defer saplings.Put(s)
	s.reset()
	for i := int32(0); i < n && r.err == nil; i++ {
		b := r.next(20)
		index := binary.LittleEndian.Uint32(b[12:])
		s.left = append(s.left, int32(binary.LittleEndian.Uint32(b[4:])))
		s.right = append(s.right, int32(binary.LittleEndian.Uint32(b[8:])))
		s.feature = append(s.feature, int32(index&^(1<<31)))
		s.defaultLeft = append(s.defaultLeft, int32(index>>31))
		s.condition = append(s.condition, math.Float32frombits(binary.LittleEndian.Uint32(b[16:])))
	}
	for i := int32(0); i < n && r.err == nil; i++ {
		s.cover = append(s.cover, math.Float32frombits(binary.LittleEndian.Uint32(r.next(16)[4:])))
	}
	if r.err != nil {
		return nil, r.err
	}
	return s.plant()
}
