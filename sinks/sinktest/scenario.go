package sinktest

import "leapscore/sinks"

// SmallJob is a run of two files, which keeps the number of store calls low.
func SmallJob(run string, mode sinks.Mode) Job {
	j := NewJob(run, mode)
	j.Parts = []int{150, 250}
	return j
}

// Scenario is a run, New, over a table that the run Old has written, or over none.
type Scenario struct {
	Old *Job
	New Job
}

// Before returns the ids of the runs that a reader finds before the run.
func (s Scenario) Before() []string {
	if s.Old == nil {
		return nil
	}
	return []string{"old"}
}

// After returns the ids of the runs that a reader finds after the run.
func (s Scenario) After() []string {
	if s.New.Options.Mode == sinks.ModeAppend {
		return []string{"new", "old"}
	}
	return []string{"new"}
}

// Jobs returns the runs in their order.
func (s Scenario) Jobs() []Job {
	if s.Old == nil {
		return []Job{s.New}
	}
	return []Job{*s.Old, s.New}
}
