package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/engine/enginetest"
	"leapscore/internal/fault"
	"leapscore/job"
)

// newServer returns a server of a model of homes, with what changes its Spec.
func newServer(t testing.TB, handleInvalid string, flags ...string) *Server {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.zip")
	if err := os.WriteFile(path, enginetest.Linear(handleInvalid).Zip(), 0o644); err != nil {
		t.Fatal(err)
	}
	s := &Server{Host: job.Host{Version: "v0", ExitCode: func(err error) int {
		return map[job.Class]int{job.ClassUsage: 2, job.ClassContract: 4}[job.ClassOf(err)]
	}}}
	for key, value := range map[string]string{"model": path, "workers": "2", "memory": "512MiB"} {
		if err := s.Spec.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range flags {
		key, value, _ := strings.Cut(f, "=")
		s.Spec.Unset(key)
		if err := s.Spec.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

var homes = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "city", Type: arrow.BinaryTypes.String, Nullable: true},
	{Name: "kind", Type: arrow.BinaryTypes.String}, {Name: "rooms", Type: arrow.PrimitiveTypes.Int32}, {Name: "area", Type: arrow.PrimitiveTypes.Float64},
}, nil)

// rowsOf returns a batch of homes, one for each city: in their order they have one room
// more each, from from on. An empty city is null.
func rowsOf(from int64, cities ...string) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, homes)
	for i, city := range cities {
		b.Field(0).(*array.Int64Builder).Append(from + int64(i))
		if city == "" {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.StringBuilder).Append(city)
		}
		b.Field(2).(*array.StringBuilder).Append("flat")
		b.Field(3).(*array.Int32Builder).Append(int32(from) + int32(i))
		b.Field(4).(*array.Float64Builder).Append(100)
	}
	return b.NewRecord()
}

// price is that of home id in a city.
func price(id int64, city string) float64 {
	at := map[string]float64{"Oslo": 10, "Rome": 20}[city]
	return 100 + at + 1 + (float64(id)-3)/2*4
}

// withOptions is a schema that says how its stream is scored.
func withOptions(s *arrow.Schema, options string) *arrow.Schema {
	meta := arrow.NewMetadata([]string{Key}, []string{options})
	return arrow.NewSchema(s.Fields(), &meta)
}

// streamOf returns batches as a stream.
func streamOf(t testing.TB, schema *arrow.Schema, batches []arrow.Record, opts ...ipc.Option) []byte {
	t.Helper()
	var b bytes.Buffer
	w := ipc.NewWriter(&b, append(opts, ipc.WithSchema(schema))...)
	for _, rec := range batches {
		if err := w.Write(array.NewRecord(schema, rec.Columns()[:schema.NumFields()], rec.NumRows())); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// answer is one stream of answers.
type answer struct {
	schema  *arrow.Schema
	batches []arrow.Record
}

// json is each row as JSON.
func (a answer) json(t testing.TB) (rows []string) {
	t.Helper()
	for _, b := range a.batches {
		text, err := b.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var list []json.RawMessage
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
		for _, row := range list {
			rows = append(rows, string(row))
		}
	}
	return rows
}

// refusal is why there are no answers, or nil.
func (a answer) refusal(t testing.TB) *refusal {
	t.Helper()
	at := a.schema.Metadata().FindKey(ErrorKey)
	if at < 0 {
		return nil
	}
	var r refusal
	if err := json.Unmarshal([]byte(a.schema.Metadata().Values()[at]), &r); err != nil {
		t.Fatal(err)
	}
	if a.schema.NumFields() > 0 || len(a.batches) > 0 {
		t.Errorf("a refusal with %d fields and %d batches", a.schema.NumFields(), len(a.batches))
	}
	return &r
}

// read reads streams to the end.
func read(t testing.TB, data []byte) (list []answer) {
	t.Helper()
	in := bytes.NewReader(data)
	for in.Len() > 0 {
		r, err := ipc.NewReader(in)
		if err != nil {
			t.Fatalf("answer %d: %v", len(list), err)
		}
		a := answer{schema: r.Schema()}
		for r.Next() {
			r.Record().Retain()
			a.batches = append(a.batches, r.Record())
		}
		if r.Err() != nil {
			t.Fatalf("answer %d: %v", len(list), r.Err())
		}
		list = append(list, a)
	}
	return list
}

// serve returns the answers of a server to an input.
func serve(t testing.TB, s *Server, input ...[]byte) ([]answer, error) {
	t.Helper()
	var out bytes.Buffer
	s.In, s.Out = bytes.NewReader(bytes.Join(input, nil)), &out
	err := s.Serve(context.Background())
	return read(t, out.Bytes()), err
}

// answersOf is serve without an error.
func answersOf(t testing.TB, s *Server, input ...[]byte) []answer {
	t.Helper()
	list, err := serve(t, s, input...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEachBatchIsAnsweredAtOnce(t *testing.T) {
	s := newServer(t, "error")
	theirs, in := io.Pipe()
	out, ours := io.Pipe()
	s.In, s.Out = theirs, ours
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(context.Background()) }()
	for stream := range int64(3) {
		w := ipc.NewWriter(in, ipc.WithSchema(homes))
		var r *ipc.Reader
		for i := range int64(5) {
			rec := rowsOf(100*stream+i, "Rome", "Oslo")
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
			if r == nil {
				var err error
				if r, err = ipc.NewReader(out); err != nil {
					t.Fatal(err)
				}
			}
			got, err := r.Read()
			if err != nil || got.NumRows() != 2 {
				t.Fatalf("batch %d: %v, %v", i, got, err)
			}
			if have, want := got.Column(1).(*array.Float64).Value(0), price(100*stream+i, "Rome"); have != want {
				t.Errorf("batch %d: price %v, want %v", i, have, want)
			}
		}
		closed := make(chan error, 1)
		go func() { closed <- w.Close() }()
		if _, err := r.Read(); err != io.EOF {
			t.Errorf("after the end of the stream: %v", err)
		}
		if err := <-closed; err != nil {
			t.Fatal(err)
		}
	}
	in.Close()
	if err := <-ended; err != nil {
		t.Errorf("at the end: %v", err)
	}
}

func TestAnswersHaveTheRowsOfTheirBatchesInOrder(t *testing.T) {
	s := newServer(t, "error", "batch-rows=100", "workers=4")
	var batches []arrow.Record
	var want []float64
	for i := range 60 {
		n := []int{0, 1, 7, 1234}[i%4]
		batches = append(batches, rowsOf(int64(10*i), slices.Repeat([]string{"Rome"}, n)...))
		for k := range n {
			want = append(want, price(int64(10*i+k), "Rome"))
		}
	}
	a := answersOf(t, s, streamOf(t, homes, batches))[0]
	if len(a.batches) != len(batches) {
		t.Fatalf("%d batches, want %d", len(a.batches), len(batches))
	}
	var got []float64
	for i, b := range a.batches {
		if b.NumRows() != batches[i].NumRows() || !array.Equal(b.Column(0), batches[i].Column(0)) {
			t.Errorf("batch %d: ids %v, want %v", i, b.Column(0), batches[i].Column(0))
		}
		got = append(got, b.Column(1).(*array.Float64).Float64Values()...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d prices, want %d others", len(got), len(want))
	}
}

func TestAStreamWithoutBatchesIsAnsweredByItsSchema(t *testing.T) {
	a := answersOf(t, newServer(t, "error"), streamOf(t, homes, nil), streamOf(t, withOptions(homes, `{"keep":"none"}`), nil))
	want := [][]string{{"id", "price", "_error"}, {"price", "_error"}}
	for i, x := range a {
		var names []string
		for _, f := range x.schema.Fields() {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, want[i]) || len(x.batches) > 0 {
			t.Errorf("stream %d: %v with %d batches, want %v", i, names, len(x.batches), want[i])
		}
		var about map[string]string
		meta := x.schema.Metadata()
		if err := json.Unmarshal([]byte(meta.Values()[meta.FindKey(Key)]), &about); err != nil || about["model"] != "homes.lr" || about["version"] != "v0" {
			t.Errorf("metadata %v, %v", meta, err)
		}
	}
	if got := a[0].schema.Field(2).Type; !arrow.TypeEqual(got, errorType) {
		t.Errorf("the errors are %v", got)
	}
}

func TestAStreamSaysHowItIsScored(t *testing.T) {
	batch := []arrow.Record{rowsOf(5, "Rome")}
	s := newServer(t, "error", "keep=none")
	town := arrow.NewSchema(append(slices.Clone(homes.Fields()[:1]), append([]arrow.Field{{Name: "town", Type: arrow.BinaryTypes.String}}, homes.Fields()[2:]...)...), nil)
	a := answersOf(t, s,
		streamOf(t, homes, batch),
		streamOf(t, withOptions(homes, `{"keep":["id","area"],"rename":{"price":"p"},"error-column":"why"}`), batch),
		streamOf(t, withOptions(town, `{"map":{"city":"town"}}`), batch),
		streamOf(t, withOptions(homes, `{"outputs":["numbers"],"vectors":"columns","on-error":"fail"}`), batch),
		streamOf(t, homes, batch),
		streamOf(t, withOptions(arrow.NewSchema(homes.Fields()[:4], nil), `{"input-default":{"area":"100"},"keep":"all","map":null}`), []arrow.Record{batch[0]}),
	)
	for i, want := range []string{
		`{"_error":null,"price":125}`,
		`{"area":100,"id":5,"p":125,"why":null}`,
		`{"_error":null,"price":125}`,
		`{"numbers_0":5,"numbers_1":100}`,
		`{"_error":null,"price":125}`,
		`{"_error":null,"area":100,"city":"Rome","id":5,"kind":"flat","price":125,"rooms":5}`,
	} {
		if got := a[i].json(t); !slices.Equal(got, []string{want}) {
			t.Errorf("stream %d: %v, want %s", i, got, want)
		}
	}
}

func TestAStreamThatDoesNotFitIsRefusedAndTheNextGoesOn(t *testing.T) {
	batches := []arrow.Record{rowsOf(5, "Rome"), rowsOf(6, "Rome")}
	number := slices.Clone(homes.Fields())
	number[1] = arrow.Field{Name: "city", Type: arrow.PrimitiveTypes.Int64}
	ids := rowsOf(1, "Rome").Column(0)
	for i, c := range []struct {
		input []byte
		want  refusal
	}{
		{streamOf(t, withOptions(homes, `{"kep":"all"}`), batches), refusal{"usage", "usage", 2, "kep: there is no such key", ""}},
		{streamOf(t, withOptions(homes, `{"outputs":["cost"]}`), batches), refusal{"usage", "usage", 2, "cost", ""}},
		{streamOf(t, withOptions(homes, `{"keep":["none","what"]}`), batches), refusal{"usage", "usage", 2, "what", ""}},
		{streamOf(t, withOptions(homes, `{"vectors":"cubes"}`), batches), refusal{"usage", "usage", 2, "cubes", ""}},
		{streamOf(t, withOptions(homes, `{"on-error":"reject"}`), batches), refusal{"usage", "usage", 2, "want column or fail", ""}},
		{streamOf(t, withOptions(homes, `{"error-column":"price"}`), batches), refusal{"usage", "usage", 2, "error-column", ""}},
		{streamOf(t, withOptions(homes, `{`), batches), refusal{"usage", "usage", 2, "no JSON object", ""}},
		{streamOf(t, arrow.NewSchema(homes.Fields()[1:4], nil), nil), refusal{"missing_column", "contract", 4, `input column "area" (double) is not there`, "area"}},
		{streamOf(t, arrow.NewSchema(number, nil), []arrow.Record{array.NewRecord(arrow.NewSchema(number, nil), []arrow.Array{ids, ids, batches[0].Column(2), batches[0].Column(3), batches[0].Column(4)}, 1)}),
			refusal{"wrong_type", "contract", 4, "int64", "city"}},
		{streamOf(t, arrow.NewSchema([]arrow.Field{homes.Field(0), homes.Field(0)}, nil), nil), refusal{"failed", "failed", 0, "twice", ""}},
	} {
		a := answersOf(t, newServer(t, "error"), c.input, streamOf(t, homes, batches))
		if len(a) != 2 || len(a[1].batches) != 2 {
			t.Errorf("case %d: %d answers", i, len(a))
			continue
		}
		r := a[0].refusal(t)
		if r == nil || !strings.Contains(r.Message, c.want.Message) {
			t.Errorf("case %d: %+v, want %+v", i, r, c.want)
			continue
		}
		if r.Message = c.want.Message; *r != c.want {
			t.Errorf("case %d: %+v, want %+v", i, r, c.want)
		}
	}
}

func TestBadRowsAreToldInTheirRows(t *testing.T) {
	node := `"node":"root/index_city.node","op":"string_indexer"`
	bad := rowsOf(1, "Rome", "Paris", "", "\xff", "Oslo")
	got := answersOf(t, newServer(t, "error"), streamOf(t, homes, []arrow.Record{bad, rowsOf(9, "Oslo")}))[0].json(t)
	want := []string{
		fmt.Sprintf(`{"_error":null,"id":1,"price":%v}`, price(1, "Rome")),
		`{"_error":{"code":"unseen_label","column":"city","message":"unseen label \"Paris\", and handle_invalid is error",` + node + `},"id":2,"price":null}`,
		`{"_error":{"code":"null","column":"city","message":"null, and handle_invalid is error",` + node + `},"id":3,"price":null}`,
		`{"_error":{"code":"not_utf8","column":"city","message":"\"\\xff\" is not UTF-8; send text as UTF-8","node":null,"op":null},"id":4,"price":null}`,
		fmt.Sprintf(`{"_error":null,"id":5,"price":%v}`, price(5, "Oslo")),
		fmt.Sprintf(`{"_error":null,"id":9,"price":%v}`, price(9, "Oslo")),
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Errorf("row %d: %v, want %s", i, got[min(i, len(got)-1)], want[i])
		}
	}
}

func TestRowsThatTheModelLeavesOutAreToldToo(t *testing.T) {
	got := answersOf(t, newServer(t, "skip"), streamOf(t, homes, []arrow.Record{rowsOf(1, "Paris")}))[0].json(t)
	want := `{"_error":{"code":"skipped","column":"city","message":"the model leaves the row out [unseen_label]","node":"root/index_city.node","op":"string_indexer"},"id":1,"price":null}`
	if len(got) != 1 || got[0] != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestOnErrorFailEndsAtTheFirstBadRow(t *testing.T) {
	s := newServer(t, "error")
	s.OnError = "fail"
	var out bytes.Buffer
	s.In, s.Out = bytes.NewReader(streamOf(t, homes, []arrow.Record{rowsOf(1, "Rome"), rowsOf(2, "Rome", "Paris"), rowsOf(4, "Oslo")})), &out
	err := s.Serve(context.Background())
	if err == nil || !strings.Contains(err.Error(), `row 1: node root/index_city.node (string_indexer): column "city" = Paris: unseen label "Paris"`) {
		t.Errorf("%v", err)
	}
	if bytes.HasSuffix(out.Bytes(), endMark) {
		t.Error("the answer ends as if all was well")
	}
}

func TestBytesThatAreNoArrowEndTheCommand(t *testing.T) {
	whole := streamOf(t, homes, []arrow.Record{rowsOf(1, "Rome"), rowsOf(2, "Rome")})
	for name, c := range map[string]struct {
		input []byte
		usage bool
		says  string
	}{
		"text":             {[]byte("id,city\n1,Rome\n2,Oslo and so on"), true, "no Arrow IPC"},
		"a file":           {append([]byte("ARROW1\x00\x00"), whole...), true, "no Arrow IPC"},
		"behind a stream":  {append(slices.Clone(whole), "more"...), true, "no Arrow IPC"},
		"inside a message": {whole[:len(whole)-100], false, "cut short"},
		"inside a schema":  {whole[:100], false, "cut short"},
		"no schema":        {endMark, true, "without a schema"},
	} {
		_, err := serve(t, newServer(t, "error"), c.input)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s", name, err, c.says)
		}
		if _, usage := errors.AsType[*fault.UsageError](err); usage != c.usage {
			t.Errorf("%s: %v is a mistake in what was asked for: %v, want %v", name, err, usage, c.usage)
		}
	}
}

func TestAnInputMayEndWithoutTheMarkOfTheEnd(t *testing.T) {
	whole := streamOf(t, homes, []arrow.Record{rowsOf(1, "Rome")})
	a := answersOf(t, newServer(t, "error"), bytes.TrimSuffix(whole, endMark))
	if len(a) != 1 || len(a[0].batches) != 1 {
		t.Errorf("%d answers", len(a))
	}
}

func TestASignalEndsAServerThatWaits(t *testing.T) {
	s := newServer(t, "error")
	in, theirs := io.Pipe()
	defer theirs.Close()
	s.In, s.Out = in, io.Discard
	ctx, stop := context.WithCancelCause(context.Background())
	stopped := errors.New("stopped")
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	stop(stopped)
	if err := <-ended; err != stopped {
		t.Errorf("%v, want %v", err, stopped)
	}
}
