package report

import (
	"fmt"
	"path"
	"strings"

	"leapscore/runs"
)

// graph is the pipeline as boxes in columns, the source on the left, with curves
// from where a column is made to where it is read.
type graph struct {
	Width, Height int
	Least         int // width below which it is scrolled, not made smaller
	Boxes         []box
	Curves        []string // the d of paths
}

type box struct {
	X, Y, W, H  int
	Op, Name    string
	Title       string
	Ends        bool // source or output
	TextX       int
	OpY, NamedY int
}

// A pipeline of more steps, or of more in one column, is shown as a list only.
const (
	maxSteps  = 60
	maxInRank = 14

	boxWidth  = 168
	boxHeight = 42
	gapX      = 56
	gapY      = 14
	boxText   = 20 // characters
)

// newGraph draws the plan of a run, or returns nil if it is too large to be read.
func newGraph(r *runs.Record) *graph {
	steps := r.Plan.Steps
	if len(steps) == 0 || len(steps) > maxSteps {
		return nil
	}
	made := map[string]int{} // column -> node that makes it; 0 is the source
	rank := make([]int, len(steps)+2)
	from := make([][]int, len(steps)+2)
	for i, s := range steps {
		n := i + 1
		from[n] = sources(s.Reads, made)
		for _, f := range from[n] {
			rank[n] = max(rank[n], rank[f]+1)
		}
		for _, c := range s.Adds {
			made[c] = n
		}
	}
	out := len(steps) + 1
	rank[out] = 0
	read := map[int]bool{}
	for _, fs := range from[:out] {
		for _, f := range fs {
			read[f] = true
		}
	}
	for i := range steps {
		rank[out] = max(rank[out], rank[i+1]+1)
		if !read[i+1] {
			from[out] = append(from[out], i+1)
		}
	}
	return place(r, rank, from)
}

// sources returns which nodes make columns, each once.
func sources(cols []string, made map[string]int) []int {
	var from []int
	seen := map[int]bool{}
	for _, c := range cols {
		if n := made[c]; !seen[n] {
			seen[n] = true
			from = append(from, n)
		}
	}
	return from
}

// place gives every node its place.
func place(r *runs.Record, rank []int, from [][]int) *graph {
	ranks := make([][]int, rank[len(rank)-1]+1)
	tallest := 0
	for n, k := range rank {
		ranks[k] = append(ranks[k], n)
		tallest = max(tallest, len(ranks[k]))
	}
	if tallest > maxInRank {
		return nil
	}
	g := &graph{Width: len(ranks)*(boxWidth+gapX) - gapX + 2, Height: tallest*(boxHeight+gapY) - gapY + 2}
	g.Least = min(g.Width*7/10, 1600)
	boxes := make([]box, len(rank))
	for k, nodes := range ranks {
		top := (g.Height - len(nodes)*(boxHeight+gapY) + gapY) / 2
		for i, n := range nodes {
			b := named(r, n)
			b.X, b.Y, b.W, b.H = 1+k*(boxWidth+gapX), top+i*(boxHeight+gapY), boxWidth, boxHeight
			b.TextX, b.OpY, b.NamedY = b.X+10, b.Y+18, b.Y+33
			boxes[n] = b
		}
	}
	for n, fs := range from {
		for _, f := range fs {
			a, b := boxes[f], boxes[n]
			x1, y1, x2, y2 := a.X+a.W, a.Y+a.H/2, b.X, b.Y+b.H/2
			mid := (x1 + x2) / 2
			g.Curves = append(g.Curves, fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, mid, y1, mid, y2, x2, y2))
		}
	}
	g.Boxes = boxes
	return g
}

// named returns the box of a node, without a place.
func named(r *runs.Record, n int) box {
	switch {
	case n == 0:
		var cols []string
		for _, c := range r.Plan.Read {
			cols = append(cols, c.Name)
		}
		return box{Op: "source", Name: plural(len(cols), "column"), Title: strings.Join(cols, ", "), Ends: true}
	case n > len(r.Plan.Steps):
		var cols []string
		for _, c := range r.Output.Columns {
			cols = append(cols, c.Name)
		}
		return box{Op: "output", Name: plural(len(cols), "column"), Title: strings.Join(cols, ", "), Ends: true}
	}
	s := r.Plan.Steps[n-1]
	return box{
		Op: clipped(s.Op, boxText), Name: clipped(nodeName(s.Node), boxText),
		Title: s.Node + ": " + strings.Join(s.Reads, ", ") + " → " + strings.Join(s.Adds, ", "),
	}
}

// nodeName is the last part of the path of a node.
func nodeName(node string) string { return strings.TrimSuffix(path.Base(node), ".node") }
