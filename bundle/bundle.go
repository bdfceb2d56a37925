package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Bundle is an opened bundle: its identity and its nodes, whose payload files
// are read when an op's loader asks for them.
type Bundle struct {
	UID       string
	Name      string
	Version   string // of the MLeap that wrote it; nothing depends on it
	Format    string // FormatJSON or FormatProtobuf
	Timestamp string // free text

	// SHA256 identifies the bytes of the bundle, in hex: of a zip file, the
	// hash of the file; of a directory, the hash that Open describes.
	SHA256 string

	Root *Node

	files *fileSet
}

// Node is a transformer: a model with its inputs and outputs wired to columns.
type Node struct {
	Name string
	Path string // the folder in the bundle, "root/a.node"

	// Inputs and Outputs connect ports of the op with columns, in the order of
	// the node file. Ports of older spellings have today's names.
	Inputs, Outputs []Socket

	Model *Model

	// Nodes are the stages of a pipeline, in the order in which they run.
	Nodes []*Node
}

// Socket connects a port with a column.
type Socket struct {
	Port string // what the op calls it
	Name string // the column
}

// Model is what an op is loaded from.
type Model struct {
	Op    string
	Attrs *Attrs
	Files *Dir // the folder of the model; nil for a model inside an attribute

	cost int // taken from Limits.Values
}

// Open opens the bundle at path: a directory, or a zip or tar of one (known by
// its content, whatever its name), which may be compressed with gzip. A tar may hold
// the zip instead. A bundle may lie in a folder further down, if there is no other; in
// a model of MLflow it is where the file MLmodel says. All node and model files are read and
// checked; payloads such as trees are not. Nothing in the bundle makes Open
// read outside of it.
//
// The SHA256 of a directory is taken over its regular files in byte order of
// their slash-separated names: for each the name, a zero byte, the length of
// the content in eight bytes big-endian, and the content.
//
// Close frees the file of a zip. Errors are of type *Error; those about Limits
// wrap ErrLimit.
func Open(path string, lim Limits) (*Bundle, error) {
	lim = lim.withDefaults()
	st, err := os.Stat(path)
	if err != nil {
		if _, linked := os.Readlink(path); linked == nil && errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: is a link to nothing: remove it, or mend it", path)
		}
		return nil, err
	}
	var files *fileSet
	switch {
	case st.IsDir():
		files, err = openDir(path, lim)
	case !st.Mode().IsRegular(): // opening a named pipe would wait for its writer
		err = errors.New("neither a directory nor a file: write the bundle to a file first")
	default:
		files, err = openFile(path, lim)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	b, err := load(files, lim)
	if err != nil {
		files.close()
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return b, nil
}

// OpenFS opens the bundle in the root of fsys, as Open does for a directory.
// fsys decides about symbolic links.
func OpenFS(fsys fs.FS, lim Limits) (*Bundle, error) {
	lim = lim.withDefaults()
	files := newFileSet(lim)
	files.fsys = fsys
	return load(files, lim)
}

// Close frees what the bundle holds open. Payloads cannot be read after it;
// data that was read before stays valid.
func (b *Bundle) Close() error { return b.files.close() }

// load reads bundle.json and the tree of nodes.
func load(files *fileSet, lim Limits) (*Bundle, error) {
	if err := files.enter(); err != nil {
		return nil, err
	}
	data, err := files.read("bundle.json")
	if err != nil {
		return nil, err
	}
	info, err := parseInfo(data, lim)
	if err != nil {
		return nil, inFile("bundle.json", err)
	}
	b := &Bundle{
		UID: info.UID, Name: info.Name, Version: info.Version, Format: info.Format,
		Timestamp: info.Timestamp, files: files,
	}
	hashed := make(chan error)
	go func() {
		var err error
		b.SHA256, err = files.hash() // bounds the size of all files, too
		hashed <- err
	}()
	l := &loader{nodes: lim.Nodes, nesting: lim.Nesting}
	root := &Dir{files: files, path: "root", format: info.Format}
	b.Root, err = l.node(root, 0)
	if herr := <-hashed; herr != nil {
		return nil, herr
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// loader counts what the nodes read so far.
type loader struct {
	nodes, nesting int
}

// node reads the node in a folder and, for a pipeline, its stages. The
// recursion is bounded by Limits.Nesting.
func (l *loader) node(d *Dir, depth int) (*Node, error) {
	if l.nodes--; l.nodes < 0 {
		return nil, inFile(d.path, tooMuch("more nodes than allowed"))
	}
	if depth > l.nesting {
		return nil, inFile(d.path, tooMuch("pipelines nested deeper than %d", l.nesting))
	}
	file, err := d.node()
	if err != nil {
		return nil, err
	}
	m, err := d.Model()
	if err != nil {
		return nil, err
	}
	n := &Node{Name: file.Name, Path: d.path, Model: m}
	if n.Inputs, n.Outputs, err = legacyPorts(m.Op, file.Inputs, file.Outputs); err != nil {
		return nil, inFile(d.nodeFile(), err)
	}
	if m.Op != pipelineOp {
		return n, nil
	}
	stages, err := stageNames(m)
	if err != nil {
		return nil, inFile(d.modelFile(), err)
	}
	seen := make(map[string]bool, len(stages))
	for _, name := range stages {
		sub, err := d.stage(name)
		if err == nil && seen[sub.path] {
			err = fmt.Errorf("attributes.nodes: stage %q is listed twice", name)
		}
		if err != nil {
			return nil, inFile(d.modelFile(), err)
		}
		seen[sub.path] = true
		stage, err := l.node(sub, depth+1)
		if err != nil {
			return nil, err
		}
		n.Nodes = append(n.Nodes, stage)
	}
	return n, nil
}

// pipelineOp is the op whose folder holds the folders of its stages
// (PipelineOp.scala).
const pipelineOp = "pipeline"

// stageNames returns the names of a pipeline's stages.
func stageNames(m *Model) ([]string, error) {
	attrs := NewAttrs(m.Attrs.values)
	names := attrs.Strings("nodes")
	if err := attrs.Err(); err != nil {
		return nil, &pathError{"attributes", err}
	}
	return names, nil
}
