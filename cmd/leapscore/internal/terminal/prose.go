package terminal

import "strings"

const (
	gap         = 2  // columns between columns
	leastProse  = 18 // columns that a text in a table needs to be read
	leastText   = 34 // columns that a longer text needs
	mostOfATerm = 28 // columns, above which a term gets a line of its own
)

// Definition is a term and what it means.
type Definition struct{ Term, Text string }

// TermWidth is the width of the terms of definitions, of which longer ones get lines of
// their own.
func TermWidth(all []Definition, width int) (widest int) {
	for _, d := range all {
		if n := Columns(d.Term); n <= min(mostOfATerm, width/2) {
			widest = max(widest, n)
		}
	}
	return widest
}

// Define writes definitions with the terms on the left, terms wide, and the texts
// wrapped beside them.
func Define(all []Definition, terms, width int) string {
	const indent = 2
	at := indent + terms + gap
	if width-at < leastText {
		at = 2 * indent
	}
	var b strings.Builder
	for _, d := range all {
		b.WriteString("  " + d.Term)
		fill := at - indent - Columns(d.Term)
		if fill < gap || at == 2*indent {
			b.WriteString("\n")
			fill = at
		}
		b.WriteString(strings.Repeat(" ", fill) + Indent(Wrap(d.Text, max(width-at, 1)), at) + "\n")
	}
	return b.String()
}

// Prose writes rows of text side by side in up to width columns, and below each other
// where there is no room for that. A width of 0 is no limit.
func Prose(rows [][]string, width int) string {
	widths := widest(rows)
	if width > 0 && !cutWidest(widths, leastProse, width-gap*(len(widths)-1)) {
		return stacked(rows, width)
	}
	var b strings.Builder
	for _, row := range rows {
		cells, height := make([][]string, len(row)), 1
		for c, text := range row {
			cells[c] = Wrap(text, widths[c])
			height = max(height, len(cells[c]))
		}
		for i := range height {
			line := ""
			for c := range row {
				part := ""
				if i < len(cells[c]) {
					part = cells[c][i]
				}
				line += part + strings.Repeat(" ", gap+widths[c]-Columns(part))
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	return b.String()
}

// widest returns the width of the widest cell of each column.
func widest(rows [][]string) (widths []int) {
	for _, row := range rows {
		for c, text := range row {
			if c == len(widths) {
				widths = append(widths, 0)
			}
			widths[c] = max(widths[c], Columns(text))
		}
	}
	return widths
}

// stacked writes each row as its first text, and the others below.
func stacked(rows [][]string, width int) string {
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(Indent(Wrap(row[0], width), 0) + "\n")
		for _, text := range row[1:] {
			if text != "" {
				b.WriteString("  " + Indent(Wrap(text, max(width-2, 1)), 2) + "\n")
			}
		}
	}
	return b.String()
}
