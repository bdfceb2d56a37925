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
	LoadFiles         = load
)

// WithDefaults fills in the defaults of l.
func WithDefaults(l Limits) Limits { return l.withDefaults() }
