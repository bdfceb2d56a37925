// Package casefile reads and writes the case files of ops: models of one op,
// each with rows of inputs and what MLeap answers to them. It knows the text
// and its values; it runs nothing, and it does not know what a model means.
//
// A file is a txtar archive. Its comment, the text before the first section,
// is free. Then come models, each a group of sections that ends with its rows:
//
//	Written by benchmarks/peers/oracle/fill from MLeap 0.25.2.
//	-- model.json --
//	{"op":"bucketizer","attributes":{"splits":{"type":"list","double":[-1.0,0.0,1.0]}}}
//	-- rows --
//	input:double => output:double
//	-0           => 0  # binarySearch sorts -0.0 before 0.0
//	Infinity     => !out_of_range
//
// Sections other than rows are the files of the model: model.json always,
// payloads such as tree.json and sub-models such as tree0/model.json by their
// path, and node.json only if the node differs from the one that the columns
// imply, which has a port for each column, named as the column.
//
// The first line of the rows names the input and output columns with their
// types, separated by " | ". In case a model cannot be loaded, the next line
// is !load "message" and the rows have no outcome. Every other line is a row:
// the inputs, " => " and the outcome, which is the outputs, or !code for a row
// that the op refuses (the codes of package ops, or !error for an unknown
// one), or !drop for a row that it leaves out. A row whose outcome is not
// known yet ends before the arrow (after it, in an op without inputs). A comment follows " # "; lines that are
// blank or start with # belong to the row below.
//
// # Types
//
//	boolean byte short int long float double string byte_string
//	list<double>  tensor<double>  tensor<double>[2,3]  map<string,double>
//
// # Values
//
//	null
//	true -7 2.5 1e+21 NaN Infinity -Infinity      as the type of the column says
//	"text\n\u00a0"                                JSON escapes
//	0x"00ff"                                      byte_string
//	["a" null "b"]                                list
//	[1 0 3]                                       dense tensor of one dimension
//	(5 1:2.5 3:1)                                 sparse tensor of size 5
//	[2x3: 1 2 3 4 5 6]  (2x3 0,1:2.5 1,2:1)       more dimensions, row major
//	[: 7]                                         no dimensions
//	{"k":1 "j":null}                              map
//
// Numbers are printed with as many digits as it takes to read the same bits.
// A string may hold the half of a surrogate pair, which Java strings can; it is
// printed as its escape and kept in Go as three bytes, as WTF-8 does.
package casefile
