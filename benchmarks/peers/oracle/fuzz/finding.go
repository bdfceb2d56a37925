package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"leapscore/benchmarks/peers/oracle/jvm"
	"leapscore/bundle"
	"leapscore/ops/opstest/casefile"
)

// section returns s as a model of a case file with MLeap's outcomes. Files of a
// protobuf bundle are written as JSON, which may not show the difference.
func (j *judge) section(s *subject, d *difference) (*casefile.Case, error) {
	asJSON := *s
	asJSON.format = bundle.FormatJSON
	m := &casefile.Model{Files: map[string][]byte{}, In: s.in}
	for name, data := range asJSON.files() {
		if inRoot, ok := strings.CutPrefix(name, "root/"); ok {
			m.Files[inRoot] = data
		}
	}
	for _, r := range s.rows {
		m.Rows = append(m.Rows, casefile.Row{In: r})
	}
	result, err := j.theirs(&asJSON, s.rows)
	var refusal *jvm.StageError
	switch {
	case errors.As(err, &refusal):
		m.LoadError = refusal.Exception.Error()
		for _, o := range s.root.Outputs {
			m.Out = append(m.Out, casefile.Column{Name: o.Name, Type: double})
		}
	case err != nil:
		return nil, err
	default:
		for _, f := range result.Columns {
			m.Out = append(m.Out, casefile.Column{Name: f.Name, Type: f.Type})
		}
		for i, o := range result.Rows {
			r := &m.Rows[i]
			switch {
			case o.Drop:
				r.Drop = true
			case o.Err != nil:
				r.Reject = o.Err.Code()
			default:
				r.Out = o.Values
			}
		}
	}
	if s.name != "pipeline" {
		delete(m.Files, "node.json") // the columns are named as the ports
	}
	return &casefile.Case{Header: d.String() + "\n", Models: []*casefile.Model{m}}, nil
}

// write writes the finding into the folder and returns its path.
func (j *judge) write(dir string, s *subject, d *difference, seed uint64) (string, error) {
	c, err := j.section(s, d)
	if err != nil {
		return "", err
	}
	c.Header = fmt.Sprintf("seed %d, %s\n%s", seed, s.format, c.Header)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dir, fmt.Sprintf("%s-%s-%d.txt", s.name, d.kind, seed))
	return path, os.WriteFile(path, casefile.Format(c), 0o644)
}
