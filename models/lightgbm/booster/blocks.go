package booster

import (
	"bytes"
	"errors"
	"fmt"
)

var (
	endOfTrees = []byte("end of trees")

	// treesEnd are the lines that may follow the last tree: versions before 2.2 have no
	// line of their own for that.
	treesEnd = [][]byte{[]byte("\nend of trees"), []byte("\nfeature importances:"), []byte("\nfeature_importances:")}
)

// treeBlocks cuts data, which begins with the first tree, into trees, and returns them
// and what follows them.
func treeBlocks(h *header, data []byte, lim Limits) (blocks [][]byte, rest []byte, err error) {
	if h.sizes != nil {
		if blocks, rest, ok := blocksBySize(h.sizes, data, lim); ok {
			return blocks, rest, nil
		}
	}
	trees, rest, err := cutTrees(data)
	if err != nil {
		return nil, nil, err
	}
	for len(trees) > 0 {
		end := bytes.Index(trees, []byte("\nTree="))
		if end < 0 {
			end = len(trees) - 1
		}
		blocks, trees = append(blocks, trees[:end+1]), trees[end+1:]
		if err := checkTreeCount(len(blocks), lim); err != nil {
			return nil, nil, err
		}
	}
	if want := countFields(h.sizes); h.sizes != nil && len(blocks) != want {
		return nil, nil, fmt.Errorf("%d trees, want %d (by tree_sizes): the file is not complete", len(blocks), want)
	}
	return blocks, rest, nil
}

func checkTreeCount(n int, lim Limits) error {
	if n > lim.trees() {
		return fmt.Errorf("more than %d trees", lim.trees())
	}
	return nil
}

// blocksBySize cuts data by the list of the lengths of the trees, which is wrong if
// another program has changed the ends of lines.
func blocksBySize(sizes, data []byte, lim Limits) (blocks [][]byte, rest []byte, ok bool) {
	for len(sizes) > 0 {
		var size []byte
		if size, sizes = cutField(sizes); len(size) == 0 {
			break
		}
		n, err := parseInt(size)
		if err != nil || n < 0 || int(n) > len(data) || !bytes.HasPrefix(data, []byte("Tree=")) || len(blocks) == lim.trees() {
			return nil, nil, false
		}
		blocks, data = append(blocks, data[:n]), data[n:]
	}
	return blocks, data, bytes.HasPrefix(bytes.TrimLeft(data, "\r\n"), endOfTrees)
}

// cutTrees returns the trees at the beginning of data, and what follows them.
func cutTrees(data []byte) (trees, rest []byte, err error) {
	if bytes.HasPrefix(data, endOfTrees) {
		return nil, data, nil
	}
	for _, mark := range treesEnd {
		if i := bytes.Index(data, mark); i >= 0 {
			return data[:i+1], data[i+1:], nil
		}
	}
	return nil, nil, errors.New(`there is no line "end of trees": the file is not complete`)
}
