// Package leap reads leap frames, the files of MLeap's runtime: as JSON and in MLeap's
// binary form. The semantics are those of ml.combust.mleap.runtime.serialization.
package leap
