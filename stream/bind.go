package stream

import (
	"context"
	"encoding/json"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"leapscore/engine"
	"leapscore/job"
	"leapscore/sources"
	source "leapscore/sources/arrow"
)

// answers is how streams of one schema are answered.
type answers struct {
	server *server
	inputs int // columns of the model
	scorer *engine.Scorer
	schema *arrow.Schema
	head   []byte // the schema as a message
	errors bool   // the last column is that of errors

	columns []column        // that are read: the inputs, and defaults that are kept
	read    *source.Columns // those of them that the stream has
	kept    *source.Columns // columns that are kept as they came
	layout  []column        // of the kept columns: kept, or one of columns
	writer  *ipc.Writer     // nil if each stream needs its own
}

// column says where a column comes from: it is column number at of those that are read, or
// it is a default.
type column struct {
	at       int
	fallback *sources.Default
	kept     bool // it is number at of those that are kept
}

// bind plans the answers to streams of the schema of st.
func (s *server) bind(st *source.Stream) (*answers, error) {
	src, err := st.Source()
	if err != nil {
		return nil, err
	}
	o, err := s.options(st.Schema())
	if err != nil {
		return nil, err
	}
	b, err := s.scoring.Bind(o.spec, src)
	if err != nil {
		return nil, err
	}
	a := &answers{server: s, inputs: len(b.Plan.Pipeline.Columns), scorer: b.Plan.Scorer(s.mem, s.limits.batch), errors: o.onError == asColumn}
	fields := a.place(st, src, b)
	if a.errors {
		if err := checkFree(fields, o.errorColumn); err != nil {
			return nil, err
		}
		fields = append(fields, arrow.Field{Name: o.errorColumn, Type: errorType, Nullable: true})
	}
	if err := a.checkRead(src, b); err != nil {
		return nil, err
	}
	meta, err := s.metadata()
	if err != nil {
		return nil, err
	}
	a.schema = arrow.NewSchema(fields, &meta)
	a.head, err = schemaOf(a.schema)
	return a, err
}

// place settles where the columns of an answer come from. It returns the fields of those.
func (a *answers) place(st *source.Stream, src sources.Source, b *job.Bound) []arrow.Field {
	var read, kept []string
	add := func(name string) {
		for i, d := range b.Defaults {
			if d.Name == name && !src.Schema().HasField(name) {
				a.columns = append(a.columns, column{fallback: &b.Defaults[i]})
				return
			}
		}
		a.columns = append(a.columns, column{at: len(read)})
		read = append(read, name)
	}
	for _, name := range b.Plan.Pipeline.Columns {
		add(name)
	}
	fields := b.Plan.Schema.Fields()
	for i, name := range b.Plan.Kept() {
		if !src.Schema().HasField(name) {
			a.layout = append(a.layout, column{at: len(a.columns)})
			add(name)
			continue
		}
		whole := st.Schema().Field(st.Schema().FieldIndices(name)[0])
		fields[i].Type, fields[i].Metadata = whole.Type, whole.Metadata
		a.layout = append(a.layout, column{kept: true, at: len(kept)})
		kept = append(kept, name)
	}
	a.read, a.kept = st.Columns(read, src), st.Columns(kept, src)
	return fields
}

// checkRead checks that the columns that are read can be read.
func (a *answers) checkRead(src sources.Source, b *job.Bound) error {
	scan, err := sources.WithDefaults(src, b.Defaults).Scan(context.Background(), b.Plan.Pipeline.Columns)
	if err != nil {
		return err
	}
	return scan.Close()
}

// metadata is what schemas of answers say of the model.
func (s *server) metadata() (arrow.Metadata, error) {
	id := s.scoring.Identity
	text, err := json.Marshal(map[string]string{
		"model": id.Name, "model_version": id.Version, "model_uid": id.UID, "model_sha256": id.SHA256, "version": s.Host.Version,
	})
	return arrow.NewMetadata([]string{Key}, []string{string(text)}), err
}

// hasDictionaries reports whether values of a type hold dictionaries.
func hasDictionaries(t arrow.DataType) bool {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return true
	case arrow.ExtensionType:
		return hasDictionaries(t.StorageType())
	case arrow.NestedType:
		for _, f := range t.Fields() {
			if hasDictionaries(f.Type) {
				return true
			}
		}
	}
	return false
}

// begin returns the answers to one stream.
func (a *answers) begin() *exchange {
	w := a.writer
	if w == nil {
		w = ipc.NewWriterWithPayloadWriter(&withoutSchema{output: a.server.out}, ipc.WithSchema(a.schema))
		if !hasDictionaries(arrow.StructOf(a.schema.Fields()...)) {
			a.writer = w
		}
	}
	limits := a.server.limits
	return &exchange{answers: a, writer: w, flight: newFlight(limits.flight, 2*limits.workers)}
}
