// Package bundle reads the wire format of MLeap Bundles and nothing else: it
// computes nothing, and knows no op but the pipeline.
package bundle
