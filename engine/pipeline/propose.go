package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
	"leapscore/internal/similar"
	"leapscore/ops/column"
)

// propose notes which columns may be meant by those that are not there: columns that no
// other input is read from, and that may be read as the type that is wanted. A column
// that may be meant by two inputs is proposed for neither.
func (b *binder) propose(problems []ContractProblem, wants []bundle.Type) {
	read := b.read()
	inputs := map[string]string{} // by the column that is proposed
	for i := range problems {
		p := &problems[i]
		if p.Found != "" {
			continue
		}
		if at := slices.IndexFunc(read, func(c string) bool { return strings.EqualFold(c, p.Column) }); at >= 0 {
			p.Detail = fmt.Sprintf("%q is another input of the model: letter case matters", read[at])
		}
		p.Nearest = b.nearest(p, wants[i], read)
		if other, twice := inputs[p.Nearest]; twice && other != p.Input {
			inputs[p.Nearest] = "" // of several inputs
			continue
		}
		inputs[p.Nearest] = p.Input
	}
	for i := range problems {
		if p := &problems[i]; p.Nearest != "" && inputs[p.Nearest] != p.Input {
			p.Nearest = ""
		}
	}
}

// read returns the columns of the source that the inputs of the model are read from.
func (b *binder) read() (names []string) {
	for _, in := range b.m.Inputs {
		name := in.Name
		if mapped, ok := b.opt.Map[name]; ok {
			name = mapped
		}
		if b.schema.HasField(name) {
			names = append(names, name)
		}
	}
	return names
}

// nearest returns the column that may be meant by one that is not there, or "".
func (b *binder) nearest(p *ContractProblem, want bundle.Type, read []string) string {
	var names []string
	twice := slices.ContainsFunc(b.schema.Fields(), func(f arrow.Field) bool { return strings.EqualFold(f.Name, p.Column) })
	for _, f := range b.schema.Fields() {
		if slices.Contains(read, f.Name) || !b.fits(f.Type, p.Input, want) {
			continue
		}
		// A query does not tell letter case apart, and numbers the second of two names.
		if rest, ok := strings.CutPrefix(f.Name, p.Column+"_"); ok && twice && isNumber(rest) {
			return f.Name
		}
		names = append(names, f.Name)
	}
	if near := similar.Names(p.Column, names); len(near) == 1 {
		return near[0]
	}
	return ""
}

// fits reports whether a column may be read as an input of the model. The text of a file
// without types may be a number.
func (b *binder) fits(dt arrow.DataType, in string, want bundle.Type) bool {
	from, ok := b.typeOf(dt, in, want, false)
	if !ok {
		return false
	}
	_, err := column.NewCast(from, want)
	return err == nil
}

func isNumber(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// spare notes which of the wanted outputs can be had without the inputs that have
// problems: a label, which some pipelines index, is not needed to predict it.
func (b *binder) spare(problems []ContractProblem) {
	inputs := map[string]bool{}
	for _, p := range problems {
		inputs[p.Input] = true
	}
	without := b.outputsOf(inputs, false)
	if len(without) == 0 || len(without) > mostOutputs || slices.ContainsFunc(without, func(o string) bool { return strings.Contains(o, ",") }) {
		return
	}
	for i := range problems {
		p := &problems[i]
		if need := b.outputsOf(map[string]bool{p.Input: true}, true); len(need) > 0 {
			p.NeededFor, p.Without = similar.List(need), strings.Join(without, ",")
		}
	}
}

// mostOutputs is how many outputs a message names.
const mostOutputs = 20

// outputsOf returns the wanted outputs that depend on one of the inputs, or those that
// depend on none.
func (b *binder) outputsOf(inputs map[string]bool, depend bool) (names []string) {
	depends := maps.Clone(inputs)
	for _, s := range b.m.stages {
		if slices.ContainsFunc(s.Inputs, func(c string) bool { return depends[c] }) {
			for _, c := range s.Outputs {
				depends[c] = true
			}
		}
	}
	for _, o := range b.opt.Outputs {
		column := o
		if same, ok := b.m.aliases[o]; ok {
			column = same
		}
		if depends[column] == depend {
			names = append(names, o)
		}
	}
	return names
}
