package terminal

import (
	"fmt"
	"slices"
	"strings"
)

const (
	leastCell = 8  // columns to which cells are cut before a whole column is left out
	someCell  = 24 // columns that a cell keeps as long as a wider one can be cut
)

// Grid is a table of values.
type Grid struct {
	Names, Types []string
	Right        []bool // columns that are aligned to the right
	Cells        [][]string
}

const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	plain = "\x1b[0m"
)

// Text lays the grid out in lines of up to width columns. Cells that are too wide are
// cut; columns for which there is no room are left out in the middle, since results
// stand at the end, and named below. A width of 0 is no limit.
func (g *Grid) Text(width int, colours bool) string {
	rows := append([][]string{g.Names, g.Types}, g.Cells...)
	widths, shown := fitColumns(widest(rows), width)
	var b strings.Builder
	for i, row := range rows {
		line := ""
		for at, c := range shown {
			if at > 0 {
				line += strings.Repeat(" ", gap)
			}
			if at > 0 && c > shown[at-1]+1 {
				line += "…" + strings.Repeat(" ", gap)
			}
			text := Short(row[c], widths[c])
			fill := strings.Repeat(" ", widths[c]-Columns(text))
			if g.Right[c] {
				line += fill + text
			} else {
				line += text + fill
			}
		}
		b.WriteString(styled(strings.TrimRight(line, " "), i, colours) + "\n")
	}
	b.WriteString(g.footer(shown, width))
	return b.String()
}

// styled makes the names bold and the types dim.
func styled(line string, row int, colours bool) string {
	switch {
	case !colours || row > 1:
		return line
	case row == 0:
		return bold + line + plain
	}
	return dim + line + plain
}

// footer says that there is nothing, and which columns are left out.
func (g *Grid) footer(shown []int, width int) (text string) {
	if len(g.Cells) == 0 {
		text = "no rows\n"
	}
	var left []string
	for c, name := range g.Names {
		if !slices.Contains(shown, c) {
			left = append(left, name)
		}
	}
	if len(left) > 0 {
		what := fmt.Sprintf("%d more columns: %s", len(left), strings.Join(left, ", "))
		if len(left) == 1 {
			what = "one more column: " + left[0]
		}
		text += Indent(Wrap(what, width), 0) + "\n"
	}
	return text
}

// fitColumns cuts columns until they fit into width, and returns those that are shown.
func fitColumns(widths []int, width int) (cut, shown []int) {
	cut = slices.Clone(widths)
	for c := range cut {
		shown = append(shown, c)
	}
	if width <= 0 {
		return cut, shown
	}
	for _, least := range []int{someCell, leastCell} {
		if cutWidest(cut, least, width-gap*(len(cut)-1)) {
			return cut, shown
		}
	}
	for _, c := range shown { // some are left out: the others may be as wide again as can be read
		cut[c] = min(widths[c], someCell)
	}
	return cut, ends(cut, width)
}

// cutWidest makes the widest columns narrower, down to least, until all take up to room.
func cutWidest(widths []int, least, room int) bool {
	for {
		sum, most := 0, 0
		for c, n := range widths {
			sum += n
			if n > widths[most] {
				most = c
			}
		}
		if sum <= room {
			return true
		}
		if widths[most] <= least {
			return false
		}
		widths[most]--
	}
}

// ends returns columns from both ends that fit together with a mark between them.
func ends(widths []int, width int) []int {
	room := width - 1 - gap
	first, last := 0, len(widths)
	for turn := 0; first < last; turn++ {
		c := first
		if turn%2 == 1 {
			c = last - 1
		}
		need := widths[c] + gap
		if room -= need; room < 0 && turn > 0 {
			break
		}
		if turn%2 == 1 {
			last--
		} else {
			first++
		}
	}
	var shown []int
	for c := range widths {
		if c < first || c >= last {
			shown = append(shown, c)
		}
	}
	widths[0] = min(widths[0], max(width, 1))
	return shown
}
