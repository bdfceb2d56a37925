// Package mleap reads MLeap bundles as pipeline graphs: from a folder or a zip
// file, by a path or by the URL of an object store, with the ops of package
// builtin.
//
// Open is the short way. Bind of the Model that it returns says which columns a
// source must have, and returns the program that scores records of them.
//
// The packages beside this one, one for each format of models, have the same
// shape: Open returns a Model, which embeds a pipeline.Model.
package mleap
