package terminal

import (
	"fmt"
	"strings"
	"time"

	"leapscore/internal/thousands"
)

const (
	// ClearLine takes back what stands on the line of the cursor.
	ClearLine = "\r\x1b[K"
	barWidth  = 20
)

// Progress makes the line that shows how far a run is.
type Progress struct {
	Doing   string // what is done with the rows, such as "scoring"
	Waiting string // what happens before the first row, such as "the query runs"
	Start   time.Time

	first     time.Time // when there were rows first
	firstRows int64
}

// Line is the line at a time, when rows were read of total, which is 0 if that is not
// known, in less than width columns. The rate does not count the time before the first
// row, and is left out until it means something.
func (p *Progress) Line(now time.Time, rows, total int64, width int) string {
	if rows == 0 {
		return Short(fmt.Sprintf("%s, %s", p.Waiting, seconds(now.Sub(p.Start))), width-1)
	}
	if p.first.IsZero() {
		p.first, p.firstRows = now, rows
	}
	parts := []string{p.Doing, thousands.Text(rows) + " rows"}
	if total > 0 {
		share := min(float64(rows)/float64(total), 1)
		parts = []string{fmt.Sprintf("%s %3.0f%%", p.Doing, 100*share), fmt.Sprintf("%s of %s rows", thousands.Text(rows), thousands.Text(total))}
	}
	if passed := now.Sub(p.first); passed >= time.Second && rows > p.firstRows {
		rate := float64(rows-p.firstRows) / passed.Seconds()
		parts = append(parts, thousands.Text(int64(rate))+" rows/s")
		if total > rows {
			parts = append(parts, seconds(time.Duration(float64(total-rows)/rate*float64(time.Second)))+" left")
		}
	}
	line := parts[0]
	for _, part := range parts[1:] {
		if Columns(line)+gap+Columns(part) >= width {
			break
		}
		line += "  " + part
	}
	if total > 0 && Columns(line)+gap+barWidth+2 < width {
		done := int(min(rows, total) * barWidth / total)
		line += "  [" + strings.Repeat("#", done) + strings.Repeat(" ", barWidth-done) + "]"
	}
	return Short(line, width-1)
}

func seconds(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return d.Round(time.Second).String()
}
