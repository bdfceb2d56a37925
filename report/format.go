package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// whole writes 1234567 as 1,234,567.
func whole(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return sign + strings.Join(append([]string{s}, parts...), ",")
}

// short writes a number with four digits that matter.
func short(x float64) string { return strconv.FormatFloat(x, 'g', digits(x), 64) }

// digits are as many as the whole part of x has, up to a million, but at least four.
func digits(x float64) int {
	if a := math.Abs(x); a >= 10_000 && a < 10_000_000 {
		return int(math.Log10(a)) + 1
	}
	return 4
}

func maybe(x *float64) string {
	if x == nil {
		return "–"
	}
	return short(*x)
}

func percent(share float64) string {
	p := 100 * share
	switch {
	case p > 0 && p < 0.01:
		return "< 0.01 %"
	case p < 10 && p != math.Trunc(p):
		return fmt.Sprintf("%.2f %%", p)
	}
	return fmt.Sprintf("%.4g %%", p)
}

func size(bytes int64) string {
	x, unit := float64(bytes), "B"
	for _, u := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if x < 1024 {
			break
		}
		x, unit = x/1024, u
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %s", x, unit)
}

func duration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return whole(int64(n)) + " " + what + "s"
}

// clipped cuts text to n characters.
func clipped(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n-1]) + "…"
}
