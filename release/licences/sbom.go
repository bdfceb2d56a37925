package main

import (
	"io"
	"runtime"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// writeSBOM writes the works as a CycloneDX bill of materials. It has neither
// a serial number nor a time, so that the same works give the same bytes.
func writeSBOM(w io.Writer, works []work, version string) error {
	components := make([]cdx.Component, len(works))
	for i, k := range works {
		components[i] = component(k)
	}
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &cdx.Component{
		BOMRef: "leapscore", Type: cdx.ComponentTypeApplication, Name: "leapscore", Version: version,
		Licenses: &cdx.Licenses{{License: &cdx.License{ID: "Apache-2.0"}}},
	}}
	bom.Components = &components
	dependsOn := make([]string, len(components))
	for i, c := range components {
		dependsOn[i] = c.BOMRef
	}
	bom.Dependencies = &[]cdx.Dependency{{Ref: "leapscore", Dependencies: &dependsOn}}
	e := cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON)
	return e.SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_5)
}

func component(k work) cdx.Component {
	c := cdx.Component{BOMRef: k.name, Type: cdx.ComponentTypeLibrary, Name: k.name, Version: k.version, Licenses: &cdx.Licenses{{Expression: strings.Join(k.licences, " AND ")}}}
	switch {
	case k.name == "Go":
		c.Version = strings.TrimPrefix(runtime.Version(), "go")
		c.PackageURL = "pkg:golang/std@" + c.Version
	case strings.HasPrefix(k.version, "("): // no module: the version is that of DuckDB, or of the compiler
		c.Version, c.Description = "", strings.Trim(k.version, "()")
	case k.name == "duckdb":
		c.PackageURL = "pkg:github/duckdb/duckdb@" + k.version
	default:
		c.PackageURL = "pkg:golang/" + k.name + "@" + k.version
	}
	return c
}
