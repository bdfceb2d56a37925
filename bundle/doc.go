// Package bundle reads the wire format of MLeap Bundles: the identity of a
// bundle, its tree of nodes, their models with typed attributes, and the trees
// beside them. It also has the type system that bundles speak (Type, Schema).
//
// It computes nothing and knows no op but the pipeline: what an attribute means
// is up to the op that asks for it. It writes nothing but the content of a tar, to a
// temporary file; package bundletest writes bundles, for tests. It knows nothing of
// Arrow.
//
// # The layout of a bundle
//
// A bundle is a directory, or a zip of its content:
//
//	bundle.json                        uid, name, version, timestamp, and the format of all
//	                                   other files: json or protobuf. Always JSON itself.
//	root/                              the root node, of any op, usually a pipeline
//	├── node.json                      its name, and its ports: which column each one is
//	├── model.json                     its op and attributes; of a pipeline the names of its
//	│                                  stages, in order
//	├── string_indexer_1f.node/        one folder per stage: its name and ".node"
//	│   ├── node.json
//	│   └── model.json
//	├── random_forest_2a.node/
//	│   ├── node.json
//	│   ├── model.json                 lists its trees: "tree0", ...
//	│   ├── tree0/                     a model inside a model has no node file
//	│   │   ├── model.json
//	│   │   └── tree.json              a payload: here a decision tree, one node per line
//	│   └── tree1/...
//	└── pipeline_3c.node/              pipelines in pipelines, to any depth
//	    ├── node.json
//	    ├── model.json
//	    └── bucketizer_4d.node/...
//
// In protobuf bundles node, model and tree files end in ".pb". Notes and other
// files may be there; they count for the hash and are not read.
//
// In memory that is a Bundle with a tree of Nodes, each with a Model: its op,
// its attributes (Attrs) and its folder (Dir), through which an op's loader
// reads payloads and inner models. Open reads all node and model files of the
// pipeline; the files of a Dir are read on demand.
//
// # Attributes
//
// An attribute is a scalar, a list or a tensor (Value). Writers leave out every
// scalar that has the default of its kind, so a scalar without content is the
// default of whatever kind the loader asks for, and a scalar of one kind reads
// as the default of all others: {"long":7} read as an int is 0, as in MLeap.
// JSON has no NaN and no infinities: they are written as null, and null reads
// as NaN. Protobuf keeps all bits.
//
// # Errors
//
// Reading fails with an *Error that names the file in the bundle, and says
// where in the file and what was found and wanted:
//
//	model.zip: bundle.json: format: "mixed", want json or protobuf
//	model.zip: root/a.node/model.json: attributes.splits.double[3]: a string, want a number
//	model.zip: root/a.node/model.json: line 3, column 18: found ']', want a string
//	root/rf.node/tree0/tree.json: tree ends early: 7 nodes, 2 right subtrees missing
//
// A missing file wraps fs.ErrNotExist. Attrs has errors of its own, which name
// the attribute; see Attrs.Err.
//
// Bundles are not trusted. A bundle that is larger than Limits allow is an error
// that wraps ErrLimit. Sizes, counts and lengths that a file declares are
// checked against the bytes that are there before memory is taken for them; no
// depth of nodes or trees recurses without a bound; and names that would leave
// the bundle (entries of zips and tars, stage names, symbolic links) are refused.
package bundle
