// Package openlineage reports a run to a lineage server: which tables it reads
// and writes, which columns come from which, how many rows, and how it ended.
//
// A run sends a START event when its plan is known and one of COMPLETE, FAIL and
// ABORT at its end, all with one runId, as version 2-0-2 of the specification at
// openlineage.io has it. They go to a server (send.go) or to a file, a line each.
//
// All facts come from the record of the run. The text of a query is reported,
// but not the columns that it reads from files, which only the query engine
// knows.
package openlineage

import (
	"encoding/json"
	"time"

	"leapscore/internal/clean"
)

// Event is a RunEvent.
type Event struct {
	EventTime string    `json:"eventTime"`
	Producer  string    `json:"producer"`
	SchemaURL string    `json:"schemaURL"`
	EventType EventType `json:"eventType"`
	Run       runPart   `json:"run"`
	Job       jobPart   `json:"job"`
	Inputs    []input   `json:"inputs"`
	Outputs   []output  `json:"outputs"`
}

// EventType is a change in the state of a run.
type EventType string

// The types that are sent.
const (
	Start    EventType = "START"
	Complete EventType = "COMPLETE"
	Fail     EventType = "FAIL"
	Abort    EventType = "ABORT"
)

type runPart struct {
	RunID  string `json:"runId"`
	Facets facets `json:"facets"`
}

type jobPart struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Facets    facets `json:"facets"`
}

type dataset struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Facets    facets `json:"facets"`
}

type input struct {
	dataset
	InputFacets facets `json:"inputFacets,omitempty"`
}

type output struct {
	dataset
	OutputFacets facets `json:"outputFacets,omitempty"`
}

type facets map[string]any

const (
	specURL  = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
	eventURL = specURL + "RunEvent"
)

// facetURLs are the versions of the facets that are sent.
var facetURLs = map[string]string{
	"nominalTime":        "1-0-1/NominalTimeRunFacet",
	"parent":             "1-2-0/ParentRunFacet",
	"errorMessage":       "1-0-1/ErrorMessageRunFacet",
	"processing_engine":  "1-1-1/ProcessingEngineRunFacet",
	"jobType":            "2-0-4/JobTypeJobFacet",
	"sql":                "1-1-0/SQLJobFacet",
	"schema":             "1-2-0/SchemaDatasetFacet",
	"columnLineage":      "1-2-0/ColumnLineageDatasetFacet",
	"dataQualityMetrics": "1-0-0/DataQualityMetricsDatasetFacet",
	"inputStatistics":    "1-0-0/InputStatisticsInputDatasetFacet",
	"outputStatistics":   "1-0-2/OutputStatisticsOutputDatasetFacet",
}

// set adds a facet: body with the fields that all facets have.
func (f facets) set(producer, name string, body map[string]any) {
	version, kind := "", ""
	if u, ok := facetURLs[name]; ok {
		version, kind = u[:5], u[6:]
		body["_schemaURL"] = "https://openlineage.io/spec/facets/" + version + "/" + kind + ".json#/$defs/" + kind
	} else {
		body["_schemaURL"] = specURL + "RunFacet"
	}
	body["_producer"] = producer
	f[name] = body
}

func (e *Event) encode() ([]byte, error) {
	b, err := json.Marshal(e)
	return clean.JSON(b), err
}

func now() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000000Z") }
