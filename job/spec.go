package job

import (
	"regexp"
	"time"
)

// Spec is a job as data. The keys of its YAML and JSON forms are the flags of
// leapscore score, all on one level. A zero field stands for the default, which Keys
// tells. A key that a file or a flag sets to zero is not left out: limit 0 is a mistake.
type Spec struct {
	Models  []Model `key:"model"` // one, or several that have names
	Booster Booster
	Input   Input
	Columns Columns
	Output  Output
	Rejects Rejects
	Run     Run
	Gates   Gates
	Drift   Drift
	Watch   Watch
	Limits  Limits

	given map[string]bool // keys that were set by name, be it to their zero value
}

// Model is a bundle or a file. Name is what its columns begin with, if there are several.
type Model struct{ Name, Path string }

// Booster says how models of boosted trees are read, those of XGBoost, LightGBM and
// CatBoost.
type Booster struct {
	Then       []Model  `key:"then"` // behind the models of the same names
	Features   []string `key:"features"`
	Iterations string   `key:"iterations"`
	Threshold  string   `key:"threshold"`
	Predictor  string   `key:"xgboost-predictor"` // of bundles
}

// Input says which rows are scored: those of files, of a query, or rejected rows of
// earlier runs.
type Input struct {
	Files          []string `key:"input"`
	Format         string   `key:"input-format"`
	AsFiles        bool     `key:"as-files"`
	RequireSuccess bool     `key:"require-success"`

	// How CSV is written. Header is true if it is left out: Set can make it false.
	Delimiter string   `key:"csv-delimiter"`
	Quote     string   `key:"csv-quote"`
	Escape    string   `key:"csv-escape"`
	Header    bool     `key:"csv-header"`
	Nulls     []string `key:"csv-null"`
	Encoding  string   `key:"csv-encoding"`

	SQL      string            `key:"sql"`
	SQLFile  string            `key:"sql-file"`
	Database string            `key:"db"`
	Params   map[string]string `key:"param"`
	Timezone string            `key:"timezone"`

	// Retry are tables of rejects, which are scored again and appended. Provenance
	// keeps their columns that say why they were rejected.
	Retry      []string `key:"retry-rejects"`
	Provenance bool     `key:"provenance"`

	Limit      int64    `key:"limit"`
	Sample     string   `key:"sample"`
	SampleKeys []string `key:"sample-key"`
}

// Columns says how columns of the source become inputs of the models, and which
// columns the table has.
type Columns struct {
	Outputs []string          `key:"outputs"`
	Explain string            `key:"explain"`
	Keep    []string          `key:"keep"`
	Map     map[string]string `key:"map"`
	Default map[string]string `key:"input-default"`
	Rename  map[string]string `key:"rename"`
	Cast    string            `key:"cast"`
	Vectors string            `key:"vectors"`
	Lineage string            `key:"lineage"`
}

// Output is the table that is written.
type Output struct {
	Path        string `key:"output"`
	Mode        string `key:"mode"`
	Format      string `key:"output-format"`
	Compression string `key:"compression"`
	FileRows    int64  `key:"file-rows"`

	PartitionBy []string      `key:"partition-by"`
	Partitions  []string      `key:"partition"`
	SweepAfter  time.Duration `key:"sweep-after"`

	TableFormat     string `key:"table-format"`
	OverwriteSchema bool   `key:"overwrite-schema"`
	Catalog         string `key:"iceberg-catalog"`
	CatalogName     string `key:"iceberg-catalog-name"`
	CatalogTable    string `key:"iceberg-table"`
}

// Rejects says what becomes of rows and files that cannot be scored.
type Rejects struct {
	OnError     string `key:"on-error"`
	OnFileError string `key:"on-file-error"`
	Path        string `key:"rejects"`
	MaxErrors   string `key:"max-errors"`
}

// Run says which run this is, and what is kept of it.
type Run struct {
	ID           string `key:"run-id"`
	Resume       bool   `key:"resume"`
	Shard        string `key:"shard"`
	Rerun        bool   `key:"rerun"`
	Incremental  bool   `key:"incremental"`
	SkipExitCode int    `key:"skip-exit-code"`
	Record       string `key:"record"`
	ScoredAt     string `key:"scored-at"`
	// ModelVersions are the versions of the models: of one without a name the text, of
	// others NAME=VERSION.
	ModelVersions []string `key:"model-version"`
}

// Gates say how many rows must come out for the table to be published.
type Gates struct {
	AllowEmpty bool   `key:"allow-empty"`
	MinRows    string `key:"min-rows"`
}

// Drift says which columns of the output the record sums up, and how far they may
// have moved from those of another run.
type Drift struct {
	Summary   string   `key:"summary"`
	Reference string   `key:"drift-reference"`
	Max       float64  `key:"drift-max"`
	Columns   []string `key:"drift-columns"`
	FirstRun  string   `key:"drift-first-run"`
}

// Watch says which monitoring systems a run is reported to. A run never fails
// because one of them is unreachable.
type Watch struct {
	Name        string            `key:"job-name"`
	MetricsFile string            `key:"metrics-file"`
	Pushgateway string            `key:"pushgateway"`
	Labels      map[string]string `key:"metrics-label"`
	OpenLineage string            `key:"openlineage"`
	NominalTime string            `key:"nominal-time"`
}

// Limits bound what a run takes.
type Limits struct {
	Workers   int           `key:"workers"`
	Memory    string        `key:"memory"`
	BatchRows int           `key:"batch-rows"`
	IOTimeout time.Duration `key:"io-timeout"`
	ModelSize string        `key:"max-model-size"`
}

// retries reports whether the rows are rejects of earlier runs.
func (s Spec) retries() bool { return len(s.Input.Retry) > 0 }

// inputs are the patterns of the files that are read, if files are.
func (s Spec) inputs() []string {
	if s.retries() {
		return s.Input.Retry
	}
	return s.Input.Files
}

// query reports whether the rows are those of a query.
func (s Spec) query() bool { return len(s.inputs()) == 0 }

// secretName tells parameters of queries whose values are shown nowhere.
var secretName = regexp.MustCompile(`(?i)password|passwd|pwd|secret|token|credential|api_?key|access_?key|private_?key`)

// Secrets are the values of parameters whose names say that they are to be shown
// nowhere.
func (s Spec) Secrets() (values []string) {
	for name, value := range s.Input.Params {
		if secretName.MatchString(name) {
			values = append(values, value)
		}
	}
	return values
}
