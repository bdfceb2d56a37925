package booster

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const magicCBM = "CBM1"

var errCut = errors.New("the file ends early: copy it again")

// partCTR is the name of the part of a file that holds statistics of categories.
const partCTR = "static_provider_v1"

// readCBM reads the magic, the core, which is a flatbuffer, and the parts behind it.
func readCBM(data []byte) (*content, error) {
	rest := data[len(magicCBM):]
	core, rest, err := sized(rest)
	if err != nil {
		return nil, err
	}
	f := newFlat(core)
	root := f.root()
	if v := root.text(0); f.err == nil && v != "FlabuffersModel_v1" {
		return nil, fmt.Errorf("the format of the file is %.40q, want %q: save the model again with CatBoost 0.10 or later", v, "FlabuffersModel_v1")
	}
	c := &content{info: map[string]string{}, stats: map[string]*stats{}}
	readTrees(root.sub(1), c)
	for _, kv := range root.tables(2) {
		c.info[kv.text(0)] = kv.text(1)
	}
	parts := root.texts(3)
	if f.err != nil {
		return nil, f.err
	}
	if len(c.unread) > 0 {
		return c, nil // the parts behind are of these features; link refuses them by name
	}
	return c, readParts(parts, rest, c)
}

func readParts(parts []string, rest []byte, c *content) error {
	for _, part := range parts {
		if part != partCTR {
			return fmt.Errorf("the file has a part %.60q, which is not read: want none but %q (categories)", part, partCTR)
		}
		var err error
		if rest, err = readStats(rest, c.stats); err != nil {
			return err
		}
	}
	return nil
}

// sized cuts off what begins with its length: 4 bytes, or 4 of ones and then 8.
func sized(data []byte) (body, rest []byte, err error) {
	n, rest, err := length(data)
	if err != nil || n > uint64(len(rest)) {
		return nil, nil, errCut
	}
	return rest[:n], rest[n:], nil
}

func length(data []byte) (n uint64, rest []byte, err error) {
	if len(data) < 4 {
		return 0, nil, errCut
	}
	if n := binary.LittleEndian.Uint32(data); n != 1<<32-1 {
		return uint64(n), data[4:], nil
	}
	if len(data) < 12 {
		return 0, nil, errCut
	}
	return binary.LittleEndian.Uint64(data[4:]), data[12:], nil
}

// readTrees reads the table TModelTrees. Numbers are those of its fields.
func readTrees(t table, c *content) {
	c.dims = int(t.i32(0, 0))
	c.splits, c.sizes, c.starts = t.i32s(1), t.i32s(2), t.i32s(3)
	readFeatures(t, c)
	c.leaves, c.weights = t.f64s(8), t.f64s(9)
	nodes := t.bytes(10, 4)
	c.steps = make([]step, len(nodes)/4)
	for i := range c.steps {
		c.steps[i] = step{binary.LittleEndian.Uint16(nodes[4*i:]), binary.LittleEndian.Uint16(nodes[4*i+2:])}
	}
	ids := t.i32s(11)
	c.leafOf = make([]uint32, len(ids))
	for i, id := range ids {
		c.leafOf[i] = uint32(id)
	}
	c.scale = t.f64(14, 1)
	if c.bias = t.f64s(16); len(c.bias) == 0 {
		c.bias = []float64{t.f64(15, 0)} // one for all; link checks that a model of several has none
	}
}

func readFeatures(t table, c *content) {
	for _, x := range t.tables(4) {
		c.cats = append(c.cats, catFeature{readPosition(x, 0), x.u8(3, 1) != 0})
	}
	for _, x := range t.tables(5) {
		c.floats = append(c.floats, floatFeature{
			position{x.i32(1, -1), x.i32(2, -1), x.text(4)}, x.u8(0, 0) != 0, nanMode(x.u8(5, 0)), x.f32s(3)})
	}
	for _, x := range t.tables(6) {
		c.oneHot = append(c.oneHot, oneHot{x.i32(0, -1), x.i32s(1)})
	}
	for _, x := range t.tables(7) {
		c.ctrs = append(c.ctrs, ctrFeature{readCTR(x.sub(0)), x.f32s(1)})
	}
	for i, kind := range map[int]string{12: "text", 18: "embedding"} {
		for _, x := range t.tables(i) {
			// A feature that no tree uses is not in the way.
			if used := map[int]int{12: 3, 18: 4}[i]; x.u8(used, 1) != 0 {
				p := readPosition(x, 0)
				c.unread = append(c.unread, kind+" feature "+p.label())
			}
		}
	}
	if n := len(t.places(13)); n > 0 && len(c.unread) == 0 {
		c.unread = append(c.unread, fmt.Sprintf("%d features that CatBoost estimates from text or embeddings", n))
	}
}

func readPosition(t table, first int) position {
	return position{t.i32(first, -1), t.i32(first+1, -1), t.text(first + 2)}
}

func readCTR(t table) ctr {
	return ctr{readBase(t.sub(0)), t.i32(1, 0), t.f32(2, 0), t.f32(3, 1), t.f32(4, 0), t.f32(5, 1)}
}

func readBase(t table) ctrBase {
	b := ctrBase{kind: ctrType(t.u8(1, 0)), classifier: t.i32(2, 0)}
	x := t.sub(0)
	b.cats = x.i32s(0)
	// Both kinds of splits are a number and four bytes more.
	for i, raw := 0, x.bytes(1, 8); i+8 <= len(raw); i += 8 {
		b.floats = append(b.floats, floatSplit{int32(binary.LittleEndian.Uint32(raw[i:])), bitsOf(raw[i+4:])})
	}
	for i, raw := 0, x.bytes(2, 8); i+8 <= len(raw); i += 8 {
		b.oneHot = append(b.oneHot, oneHotSplit{int32(binary.LittleEndian.Uint32(raw[i:])), int32(binary.LittleEndian.Uint32(raw[i+4:]))})
	}
	return b
}
