// Package mleap reads MLeap bundles as pipeline graphs.
package mleap
