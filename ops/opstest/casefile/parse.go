package casefile

import (
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/tools/txtar"
)

const (
	rowsSection = "rows"
	modelFile   = "model.json"
	nodeFile    = "node.json"
)

// Parse reads a case file. Its errors name the model by its number, from 1,
// and the line within the rows.
func Parse(data []byte) (*Case, error) {
	a := txtar.Parse(data)
	c := &Case{Header: string(a.Comment)}
	m := &Model{Files: map[string][]byte{}}
	for _, f := range a.Files {
		if f.Name != rowsSection {
			if _, dup := m.Files[f.Name]; dup {
				return nil, fmt.Errorf("model %d: two sections %q", len(c.Models)+1, f.Name)
			}
			if !fs.ValidPath(f.Name) {
				return nil, fmt.Errorf("model %d: section %q: not a path inside the model", len(c.Models)+1, f.Name)
			}
			m.Files[f.Name] = f.Data
			continue
		}
		if _, ok := m.Files[modelFile]; !ok {
			return nil, fmt.Errorf("model %d: no section %q", len(c.Models)+1, modelFile)
		}
		if err := m.parseRows(string(f.Data)); err != nil {
			return nil, fmt.Errorf("model %d: rows: %w", len(c.Models)+1, err)
		}
		c.Models = append(c.Models, m)
		m = &Model{Files: map[string][]byte{}}
	}
	if len(m.Files) > 0 {
		return nil, fmt.Errorf("model %d: no section %q", len(c.Models)+1, rowsSection)
	}
	if len(c.Models) == 0 {
		return nil, fmt.Errorf("no model: want sections %q and %q", modelFile, rowsSection)
	}
	return c, nil
}

func (m *Model) parseRows(text string) error {
	number := 0
	started := false
	var before []string
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		var err error
		switch {
		case !started:
			err = m.parseColumns(line)
			started = true
		case line == "" || strings.HasPrefix(line, "#"):
			before = append(before, line)
		case strings.HasPrefix(line, "!load"):
			err = m.parseLoadError(line)
		default:
			var r Row
			r, err = m.parseRow(line)
			r.Before, before = before, nil
			m.Rows = append(m.Rows, r)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	m.After = before
	if !started {
		return fmt.Errorf("no line that names the columns, such as %q", "input:double => output:double")
	}
	return nil
}

func (m *Model) parseColumns(line string) (err error) {
	in, out, ok := strings.Cut(line, "=>")
	if !ok {
		return fmt.Errorf("columns %q: no =>", line)
	}
	if m.In, err = columns(in); err != nil {
		return err
	}
	m.Out, err = columns(out)
	if err == nil && len(m.Out) == 0 {
		err = fmt.Errorf("columns %q: no output", line)
	}
	return err
}

func columns(text string) ([]Column, error) {
	var cs []Column
	if strings.TrimSpace(text) == "" {
		return nil, nil // an op without inputs
	}
	for part := range strings.SplitSeq(text, "|") {
		name, typ, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok || name == "" {
			return nil, fmt.Errorf("column %q: want name:type, several joined by |", part)
		}
		t, err := ParseType(typ)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", name, err)
		}
		for _, c := range cs {
			if c.Name == name {
				return nil, fmt.Errorf("column %q twice", name)
			}
		}
		cs = append(cs, Column{name, t})
	}
	return cs, nil
}

func (m *Model) parseLoadError(line string) error {
	if len(m.Rows) > 0 || m.LoadError != "" {
		return fmt.Errorf("!load must follow the columns, once")
	}
	text, rest, err := Unquote(strings.TrimSpace(strings.TrimPrefix(line, "!load")))
	if err == nil && (rest != "" || text == "") {
		err = fmt.Errorf("want !load and a message in quotes")
	}
	m.LoadError = text
	return err
}

func (m *Model) parseRow(line string) (Row, error) {
	var r Row
	s := &scanner{text: line}
	in, err := s.values(m.In)
	if err != nil {
		return r, err
	}
	r.In = in
	if s.accept("=>") && s.text != "" && s.text[0] != '#' {
		if err := s.outcome(m, &r); err != nil {
			return r, err
		}
	}
	if comment, ok := strings.CutPrefix(s.text, "#"); ok {
		r.Comment = strings.TrimSpace(comment)
	} else if s.text != "" {
		return r, fmt.Errorf("unexpected %.20q: are there more values than columns?", s.text)
	}
	return r, nil
}

func (s *scanner) outcome(m *Model, r *Row) (err error) {
	if !s.accept("!") {
		r.Out, err = s.values(m.Out)
		return err
	}
	code := s.word()
	s.space()
	switch {
	case code == "":
		return fmt.Errorf("no code after the !, want one such as !null")
	case code == "drop":
		r.Drop = true
	default:
		r.Reject = code
	}
	return nil
}

func (s *scanner) values(cs []Column) ([]Value, error) {
	vs := make([]Value, len(cs))
	for i, c := range cs {
		if i > 0 && !s.accept("|") {
			return nil, fmt.Errorf("want %d values joined by |, found %d", len(cs), i)
		}
		v, err := s.value(c.Type)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		vs[i] = v
	}
	return vs, nil
}
