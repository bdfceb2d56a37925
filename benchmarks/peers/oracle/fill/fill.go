package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"leapscore/benchmarks/peers/oracle/jvm"
	"leapscore/ops/opstest/casefile"
)

const firstLine = "Written by benchmarks/peers/oracle/fill from MLeap "

// header returns h with a first line that says where the outcomes come from.
func header(h string, v jvm.Version) string {
	line := fmt.Sprintf("%s%s, JDK %s, %s.\n", firstLine, v.MLeap, v.Java, v.BLAS)
	if strings.HasPrefix(h, firstLine) {
		_, h, _ = strings.Cut(h, "\n")
	}
	return line + h
}

// filler asks MLeap for the outcomes of models, and counts.
type filler struct {
	mleap   *jvm.Process
	verbose bool // say every exception
	say     func(format string, args ...any)

	rows, answered, refused, dropped int
}

// objectID is what Java prints of an object without a text of its own. It is
// another one in each run.
var objectID = regexp.MustCompile(`@[0-9a-f]{5,8}\b`)

func (f *filler) fill(number int, m *casefile.Model) error {
	dir, err := os.MkdirTemp("", "oracle-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writeBundle(dir, m); err != nil {
		return err
	}
	q := jvm.Request{Bundle: dir, Columns: m.In}
	for _, r := range m.Rows {
		q.Rows = append(q.Rows, r.In)
	}
	result, err := f.mleap.Score(q)
	var refused *jvm.StageError
	if errors.As(err, &refused) && refused.Stage == "load" {
		text := strings.ReplaceAll(refused.Exception.Error(), dir, "")
		m.LoadError = objectID.ReplaceAllString(text, "@")
		for i := range m.Rows {
			clearOutcome(&m.Rows[i])
		}
		f.say("model %d cannot be loaded: %s", number, m.LoadError)
		return nil
	}
	if err != nil {
		return err
	}
	m.LoadError = ""
	order, err := matchColumns(m.Out, result.Columns)
	if err != nil {
		return err
	}
	for i := range m.Rows {
		f.setOutcome(number, i, m, result.Rows[i], order)
	}
	return nil
}

// matchColumns returns where in MLeap's columns each of ours is.
func matchColumns(ours []casefile.Column, mleaps []jvm.Field) ([]int, error) {
	var order []int
	for _, c := range ours {
		at := -1
		for i, f := range mleaps {
			if f.Name == c.Name {
				at = i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("MLeap gives no column %q, but %v", c.Name, mleaps)
		}
		if !mleaps[at].Type.Fits(c.Type) {
			return nil, fmt.Errorf("column %q is %s in MLeap, %s here", c.Name, mleaps[at].Type, c.Type)
		}
		order = append(order, at)
	}
	return order, nil
}

func clearOutcome(r *casefile.Row) { r.Out, r.Reject, r.Drop = nil, "", false }

func (f *filler) setOutcome(number, i int, m *casefile.Model, o jvm.Outcome, order []int) {
	f.rows++
	r := &m.Rows[i]
	old := *r
	clearOutcome(r)
	switch {
	case o.Drop:
		r.Drop = true
		f.dropped++
	case o.Err != nil:
		r.Reject = code(o.Err, m, r.In)
		f.refused++
		if f.verbose || r.Reject == jvm.UnknownCode {
			f.say("model %d, row %d: !%s for %v", number, i+1, r.Reject, o.Err)
		}
	default:
		for _, at := range order {
			r.Out = append(r.Out, o.Values[at])
		}
		f.answered++
	}
	if strings.HasPrefix(old.Comment, "hand") && old.Known() {
		if !old.SameOutcome(r) {
			f.say("model %d, row %d: kept by hand, MLeap's outcome is another one", number, i+1)
		}
		*r = old
	}
}

// code is the code of e, where that depends on the row: Scala's MatchError on
// null may be about a null of MLeap's own making, and a requirement without a
// text may be about a size or a NaN.
func code(e *jvm.Exception, m *casefile.Model, in []casefile.Value) string {
	c := e.Code()
	switch {
	case c == "null" && !slices.ContainsFunc(in, hasNull):
		return "invalid_value"
	case e.Message == "requirement failed" && wrongSize(m, in):
		return "size_mismatch"
	case e.Message == "requirement failed" && slices.ContainsFunc(in, hasNaN):
		return "nan"
	}
	return c
}

// hasNull counts the texts that a cast to a number turns into null.
func hasNull(v casefile.Value) bool {
	return anyElement(v, func(x casefile.Value) bool { return x == nil || x == "null" || x == "" })
}

func hasNaN(v casefile.Value) bool {
	return anyElement(v, func(x casefile.Value) bool { d, ok := x.(float64); return ok && math.IsNaN(d) })
}

func anyElement(v casefile.Value, is func(casefile.Value) bool) bool {
	switch v := v.(type) {
	case []casefile.Value:
		return slices.ContainsFunc(v, is)
	case []casefile.Entry:
		return slices.ContainsFunc(v, func(e casefile.Entry) bool { return is(e.Key) || is(e.Value) })
	case *casefile.Array:
		return slices.ContainsFunc(v.Values, is)
	default:
		return is(v)
	}
}

// wrongSize reports whether a tensor has other dimensions than its column
// declares.
func wrongSize(m *casefile.Model, in []casefile.Value) bool {
	for i, v := range in {
		if a, ok := v.(*casefile.Array); ok && m.In[i].Type.Dims != nil && !slices.Equal(a.Dims, m.In[i].Type.Dims) {
			return true
		}
	}
	return false
}

// writeBundle writes the bundle whose root is the one node of m.
func writeBundle(dir string, m *casefile.Model) error {
	const info = `{"uid":"7a707824-a315-4f30-9f34-6d1845e8b8d9","name":"case","format":"json","version":"0.25.2","timestamp":"2026-01-01T00:00:00.000"}`
	files := map[string][]byte{"bundle.json": []byte(info), "root/node.json": m.Node()}
	for name, data := range m.Files {
		files["root/"+name] = data
	}
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
