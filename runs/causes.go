package runs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Cause says why rows were rejected: the code, and the node of the model and the
// column that are to blame, as far as they are known.
type Cause struct {
	Code   string `json:"code"`
	Node   string `json:"node,omitempty"`
	Op     string `json:"op,omitempty"`
	Column string `json:"column,omitempty"`
	Rows   int64  `json:"rows"`
}

// SortCauses lists counts of rows by cause, the most frequent first.
func SortCauses(rows map[Cause]int64) []Cause {
	var list []Cause
	for _, c := range slices.Collect(maps.Keys(rows)) {
		n := rows[c]
		c.Rows = n
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Node, b.Node), cmp.Compare(a.Column, b.Column))
	})
	return list
}

// CountCodes sums up counts of rows by code.
func CountCodes(rows map[Cause]int64) map[string]int64 {
	if len(rows) == 0 {
		return nil
	}
	codes := map[string]int64{}
	for c, n := range rows {
		codes[c.Code] += n
	}
	return codes
}

// DescribeCauses is the first causes of a list in a message.
func DescribeCauses(list []Cause, most int) string {
	var texts []string
	for _, c := range list[:min(len(list), most)] {
		text := fmt.Sprintf("%d %s", c.Rows, c.Code)
		switch {
		case c.Column != "":
			text += fmt.Sprintf(" in %q", c.Column)
		case c.Node != "":
			text += " at " + c.Node[strings.LastIndexByte(c.Node, '/')+1:]
		}
		texts = append(texts, text)
	}
	if more := len(list) - most; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more causes", more))
	}
	return strings.Join(texts, ", ")
}
