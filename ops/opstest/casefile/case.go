package casefile

// Case is the content of a case file.
type Case struct {
	Header string // the free text before the first section
	Models []*Model
}

// Model is a model with rows for it.
type Model struct {
	// Files are the model's files by path: model.json, perhaps node.json,
	// payloads and sub-models.
	Files map[string][]byte

	In, Out []Column

	// LoadError is MLeap's message if the model cannot be loaded. The rows
	// then have no outcome.
	LoadError string

	Rows []Row
	// After are the comment and blank lines after the last row.
	After []string
}

// Column is an input or output of the rows. Unless the model has a node.json,
// its name is that of the port.
type Column struct {
	Name string
	Type Type
}

// Row is one row: its inputs and what the op makes of them. At most one of Out,
// Reject and Drop is set, and none if MLeap was not asked yet.
type Row struct {
	In     []Value
	Out    []Value
	Reject string // the code with which the op refuses the row
	Drop   bool   // the op leaves the row out, by a rule of the model

	Comment string   // after the row
	Before  []string // comment and blank lines before the row
}

// Known reports whether the row has an outcome.
func (r *Row) Known() bool { return r.Out != nil || r.Reject != "" || r.Drop }

// SameOutcome reports whether both rows have the same outcome, to the bit.
func (r *Row) SameOutcome(o *Row) bool {
	if r.Reject != o.Reject || r.Drop != o.Drop || len(r.Out) != len(o.Out) {
		return false
	}
	for i := range r.Out {
		if !Equal(r.Out[i], o.Out[i]) {
			return false
		}
	}
	return true
}
