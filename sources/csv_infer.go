package sources

import (
	"bytes"
	"context"
	"maps"
	"math"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
)

// inferCSV returns the types wanted, and for all other columns those that the
// values of all rows allow.
func (s *textSource) inferCSV(ctx context.Context, f *csvFormat, opt Options) (map[string]arrow.DataType, error) {
	types := maps.Clone(opt.settled)
	if types == nil {
		seen, err := s.surveyFiles(ctx, func() surveyor { return &csvSurveyor{format: f} })
		if err != nil {
			return nil, err
		}
		types = make(map[string]arrow.DataType)
		for name, c := range seen.columns {
			if t, exact := c.scalars.typ(); t != nil && exact {
				types[name] = t
			}
		}
	}
	maps.Copy(types, opt.Types)
	return types, nil
}

// csvSurveyor finds the kinds of values of CSV.
type csvSurveyor struct {
	format *csvFormat
	parser *csvParser
	names  []string
	seen   []*seenColumn
	at     place
}

func (g *csvSurveyor) look(b textBlock, into *survey) error {
	g.names = g.format.headers[b.file]
	g.parser = g.format.parser(b, g.names).(*csvParser)
	g.parser.look = g.see
	g.seen = g.seen[:0]
	for i, name := range g.names {
		c, err := into.column(name, place{b.file, b.line, i})
		if err != nil {
			return err
		}
		g.seen = append(g.seen, c)
	}
	for rest, line := b.data, b.line; len(rest) > 0; {
		g.at = place{file: b.file, line: line}
		n, _, err := g.parser.parse(rest, nil)
		line += int64(bytes.Count(rest[:n], g.format.ends[b.file:b.file+1]))
		if err != nil {
			g.at.line = line
			return &lineError{g.at, err}
		}
		rest = rest[n:]
	}
	return nil
}

// see adds the kind of one field.
func (g *csvSurveyor) see(column int, f *csvFields) error {
	c := g.seen[column]
	if c.scalars&kindString != 0 || len(f.text) == 0 && !f.quoted {
		return nil
	}
	c.scalars |= csvKind(f.text)
	return nil
}

// csvKind is the kind of a field that is not null. White space around a number
// is no part of it.
func csvKind(field []byte) kindSet {
	text := bytes.TrimSpace(field)
	if len(text) == 0 {
		return kindString
	}
	switch string(text) {
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return kindBool
	case "NaN", "Infinity", "-Infinity":
		return kindFloatName
	}
	if !isDecimal(text) {
		return kindString
	}
	if isInteger(text) {
		return integerKind(text)
	}
	if v, err := strconv.ParseFloat(asString(text), 64); err != nil || math.IsInf(v, 0) {
		return kindString
	}
	return kindDouble
}

// isDecimal says whether text is a number in decimal: without a plus sign or zeros
// in front, as codes have that are no numbers.
func isDecimal(text []byte) bool {
	if isNumber(text) {
		return true
	}
	if text[0] == '-' {
		text = text[1:]
	}
	return len(text) > 1 && text[0] == '.' && isNumber(append([]byte{'0'}, text...))
}
