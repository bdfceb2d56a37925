// Package job runs scoring jobs. A job is data: a Spec says everything that
// leapscore score can be asked, as a Go value, as YAML or as JSON.
//
//	spec, err := job.Load("nightly.yaml")
//	...
//	j, err := job.Open(ctx, spec)   loads the models, opens the source, plans
//	...
//	defer j.Close()
//	result, err := j.Run(ctx, nil)  scores, and publishes the table whole or not at all;
//	                                nil: nobody observes the run
//	...
//	job.ClassOf(err)                says what kind of error it was
//
// The keys of a file are the flags of leapscore score; docs/job.schema.json lists
// them. Check finds the mistakes of a Spec without looking at any file, and Open calls
// it. Open reads what
// the run depends on: models, the first rows of the source, the records of earlier
// runs. Run writes.
//
// Every step of Open and Run is a function that takes what it needs and returns
// what it found: an earlier run of the same id (past, resume.go), the files that are new
// (incremental.go), the rejects that were retried (retried.go), the plan of an
// interrupted attempt (resume.go). open.go and run.go put the steps in their order.
//
// Below internal/ are the questions that need no Spec: place (what a path or URL
// names), past (which runs have written a table), lake (kinds of tables), fit (whether
// rows go with a table), intent (two tables that are committed together), drift
// and texts (values that are written as text).
//
// The package knows neither terminals nor flags. It does not score rows (engine),
// read or write files (sources, sinks), or decide what a record means (runs).
package job
