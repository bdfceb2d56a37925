package bundle

// The parsers of single files, for the tests and fuzz targets of package
// bundle_test.
var (
	ParseModelJSON    = parseModelJSON
	ParseModelProto   = parseModelProto
	ParseNodeJSON     = parseNodeJSON
	ParseNodeProto    = parseNodeProto
	ParseInfo         = parseInfo
	ParseTreeJSON     = parseTreeJSON
	ParseTreeProto    = parseTreeProto
	ParseClusterJSON  = parseClusterJSON
	ParseClusterProto = parseClusterProto
	OpenZip           = openZip
	OpenTar           = openTar
	LoadFiles         = load
)

// Close frees what openTar holds.
func (f *fileSet) Close() error { return f.close() }

// WithDefaults fills in the defaults of l.
func WithDefaults(l Limits) Limits { return l.withDefaults() }
