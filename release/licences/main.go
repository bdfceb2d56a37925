// Command licences writes the licence texts of all software that the releases
// contain, and their bill of materials. It fails if a licence is unknown or
// must not be linked.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "THIRD_PARTY_LICENSES.txt", "the `file` to write")
	sbom := flag.String("sbom", "", "write a bill of materials (CycloneDX) to this `file` too")
	version := flag.String("version", "dev", "the `version` of leapscore in it")
	list := flag.Bool("list", false, "print name, version and licence of each instead")
	flag.Parse()
	works, err := linkedWorks()
	if err != nil {
		log.Fatal(err)
	}
	if err := judge(works); err != nil {
		log.Fatal(err)
	}
	if *list {
		for _, w := range works {
			fmt.Printf("%s\t%s\t%s\n", w.name, w.version, strings.Join(w.licences, ", "))
		}
		return
	}
	if err := os.WriteFile(*out, page(works), 0o644); err != nil {
		log.Fatal(err)
	}
	if *sbom == "" {
		return
	}
	var b bytes.Buffer
	if err := writeSBOM(&b, works, *version); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*sbom, b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// page is the file that goes into the releases.
func page(works []work) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "The binaries of leapscore contain the following %d works. Builds without SQL\n", len(works))
	fmt.Fprint(&b, "contain neither DuckDB nor the works that are named after it. The source of a Go\nmodule is at the address that is its name, unchanged.\n\n")
	for _, w := range works {
		fmt.Fprintf(&b, "%s %s: %s\n", w.name, w.version, strings.Join(w.licences, ", "))
	}
	printed := map[string]string{} // texts, and the work they were printed for
	for _, w := range works {
		fmt.Fprintf(&b, "\n%s\n%s %s\n%[1]s\n", strings.Repeat("=", 80), w.name, w.version)
		for _, t := range w.texts {
			words := strings.TrimSpace(strings.ReplaceAll(string(t.text), "\r\n", "\n"))
			if of, ok := printed[words]; ok {
				fmt.Fprintf(&b, "\n(The same text as that of %s, above.)\n", of)
				continue
			}
			printed[words] = w.name
			fmt.Fprintf(&b, "\n%s\n", words)
		}
	}
	return b.Bytes()
}
