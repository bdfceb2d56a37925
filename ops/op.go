// Package ops defines what an op is: the unit that a Bundle names, that the
// engine loads, and that computes over one Arrow batch at a time. The ops
// themselves live in the family packages (feature, classification, ...) and
// package builtin is the table of all of them. The package runs nothing: see
// engine/pipeline for that.
package ops

import (
	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/bundle"
)

// Op is one entry of the registry: an op's wire name, its documentation and
// its loader. An Op holds no model; it is a constant of the program.
type Op struct {
	Name string // as in model.json, for example "string_indexer"
	Doc  string // one sentence, printed by `leapscore ops`

	// Attrs documents the model attributes, one line each: "name: kind, meaning".
	Attrs []string
	// Ports documents inputs and outputs, one line each: "in input: double".
	Ports []string
	// Source names the Java or Scala class whose semantics the op has.
	Source string
	// Inexact is empty if the op gives MLeap's bits always, else the reason
	// why and where it does not.
	Inexact string

	// Load decodes and checks one node of a bundle. It sees no data. Its
	// errors name the attribute; the caller adds the node and the op.
	Load func(n *Node) (Kernel, error)
}

// Node is what a loader sees of one pipeline stage.
type Node struct {
	Attrs *bundle.Attrs
	Files *bundle.Dir // payloads of the model, for example tree.json

	// Wired reports whether the bundle connects a port, input or output. MLeap
	// chooses between code paths by the output ports that a node has.
	Wired func(port string) bool

	// Sub loads the model in a folder below this one, such as "model0", as if
	// it stood in a node of its own with the given output ports connected.
	Sub func(dir string, outputs ...string) (Kernel, error)
}

// Kernel is a loaded op: an immutable model and the code that applies it.
type Kernel interface {
	// Inputs and Outputs are the ports, in the order that Eval uses. They may
	// depend on the model: a string_indexer has one pair per column. Outputs
	// lists every port that the model can give; the pipeline keeps those that
	// the bundle connects.
	Inputs() []Port
	Outputs() []Port

	// Eval computes the outputs for every row of one batch. The arrays of in
	// have the Arrow form of their port's type (column.ArrowType), except that
	// a string port may get a dictionary (column.ViewStrings reads both).
	// Ports that are not nullable may still hold nulls in rows that were
	// rejected before; what stands under a null is not defined.
	//
	// Eval borrows in: it does not change or keep it. It returns one array per
	// output port, of the batch's length, that the caller owns. An output that
	// the bundle does not connect may be nil. Rows are independent: a row gives
	// the same bits whatever batch it comes in.
	//
	// A row that the op refuses is reported to b and may hold any value in the
	// outputs. A non-nil error means a bug or no memory, and ends the run.
	//
	// Eval is called by many goroutines at once.
	Eval(b *Batch, in []arrow.Array) ([]arrow.Array, error)
}

// Port is a named, typed input or output.
type Port struct {
	Name string
	Type bundle.Type
	// Boxed is set on an input that MLeap's code takes as an object. Text that
	// stands for null, cast to a number, is null there even if the port is not
	// nullable, and the kernel sees it. Elsewhere it is 0, the unboxed null.
	Boxed bool
	// Flat is set on an input of tensors that MLeap refuses unless they have
	// one dimension. Elsewhere the dimensions of a vector do not matter.
	Flat bool
	// Loose is set on an input that also takes booleans as the numbers 0 and 1, or
	// as text, and integers as text, however careful the conversions of the run are.
	Loose bool
}

// Selector is a kernel that can leave outputs out.
type Selector interface {
	Kernel
	// Select returns a kernel that makes only those outputs; the others are nil.
	Select(outputs []bool) Kernel
}
