package booster

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// header is what a file says before its trees.
type header struct {
	version      string
	classes      int
	perRound     int // trees of a round, one for each output
	features     int
	objective    string
	hasObjective bool
	average      bool
	names        []string
	infos        []string
	sizes        []byte // the list of the lengths of the trees, nil if there is none
}

// isText reports whether data begins as a model does that LightGBM saved as text.
func isText(data []byte) bool {
	first, rest := cutLine(data)
	if string(first) != "tree" {
		return false
	}
	second, _ := cutLine(rest)
	return bytes.HasPrefix(second, []byte("version=")) || bytes.HasPrefix(second, []byte("num_class="))
}

// cutLine returns the first line of data without its end, and the rest.
func cutLine(data []byte) (line, rest []byte) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return bytes.TrimSuffix(data, []byte("\r")), nil
	}
	return bytes.TrimSuffix(data[:i], []byte("\r")), data[i+1:]
}

// parseText reads a model that was saved as text.
func parseText(data []byte, lim Limits) (*file, error) {
	h, rest, err := parseHeader(data, lim)
	if err != nil {
		return nil, err
	}
	blocks, rest, err := treeBlocks(h, rest, lim)
	if err != nil {
		return nil, err
	}
	if err := checkEnding(rest); err != nil {
		return nil, err
	}
	f := &file{header: *h, params: parseParameters(rest)}
	if f.pandas, err = findPandas(rest); err != nil {
		return nil, err
	}
	f.trees, err = parallel(0, len(blocks), func(i int) (*treeData, error) { return parseTree(blocks[i], h.features) })
	return f, err
}

// parseHeader reads the lines up to the first tree and returns them and the rest of data.
func parseHeader(data []byte, lim Limits) (*header, []byte, error) {
	keys := map[string][]byte{}
	for len(data) > 0 && !bytes.HasPrefix(data, []byte("Tree=")) && !bytes.HasPrefix(data, endOfTrees) {
		var line []byte
		line, data = cutLine(data)
		key, value, _ := bytes.Cut(line, []byte("="))
		if len(key) > 64 || len(keys) > 1000 {
			return nil, nil, errors.New("the lines before the first tree are not those of a LightGBM model")
		}
		keys[string(key)] = value
	}
	h := &header{version: string(keys["version"]), sizes: keys["tree_sizes"]}
	_, h.average = keys["average_output"]
	if o, ok := keys["objective"]; ok {
		h.objective, h.hasObjective = string(o), true
	}
	var err error
	if h.classes, err = wholeNumber(keys, "num_class", 1, lim.outputs()); err != nil {
		return nil, nil, err
	}
	h.perRound = h.classes
	if _, ok := keys["num_tree_per_iteration"]; ok {
		if h.perRound, err = wholeNumber(keys, "num_tree_per_iteration", 1, lim.outputs()); err != nil {
			return nil, nil, err
		}
	}
	last, err := wholeNumber(keys, "max_feature_idx", 0, lim.features()-1)
	if err != nil {
		return nil, nil, err
	}
	h.features = last + 1
	h.names = words(keys["feature_names"], h.features+1)
	h.infos = words(keys["feature_infos"], h.features+1)
	return h, data, h.check()
}

// words returns the elements of a list, which spaces separate, but no more than most.
func words(list []byte, most int) (out []string) {
	for len(out) < most {
		var word []byte
		if word, list = cutField(list); len(word) == 0 {
			break
		}
		out = append(out, string(word))
	}
	return out
}

// check finds what contradicts itself in a header.
func (h *header) check() error {
	if len(h.names) != h.features {
		return fmt.Errorf("feature_names has %s, want %d (max_feature_idx + 1)", countOf(len(h.names), h.features, "names"), h.features)
	}
	if len(h.infos) != 0 && len(h.infos) != h.features {
		return fmt.Errorf("feature_infos has %s, want %d (max_feature_idx + 1)", countOf(len(h.infos), h.features, "elements"), h.features)
	}
	if h.perRound != h.classes {
		return fmt.Errorf("num_tree_per_iteration is %d and num_class %d, want the same number", h.perRound, h.classes)
	}
	return nil
}

// countOf writes a count that goes no further than one above most.
func countOf(n, most int, what string) string {
	if n > most {
		return fmt.Sprintf("more than %d %s", most, what)
	}
	return fmt.Sprintf("%d %s", n, what)
}

// wholeNumber returns the number of a line of the header.
func wholeNumber(keys map[string][]byte, key string, from, to int) (int, error) {
	v, ok := keys[key]
	if !ok {
		return 0, fmt.Errorf("there is no line %s=: this is no complete LightGBM model", key)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(v)))
	if err != nil || n < from || n > to {
		return 0, fmt.Errorf("%s is %s, want a whole number from %d to %d", key, quote(v), from, to)
	}
	return n, nil
}

// quote returns the beginning of s for a message.
func quote(s []byte) string {
	const most = 40
	if len(s) > most {
		return strconv.Quote(string(s[:most])) + "..."
	}
	return strconv.Quote(string(s))
}
