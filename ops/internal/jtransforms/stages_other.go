//go:build !amd64 || purego

package jtransforms

// hasStages says whether there is vector code.
const hasStages = false

const noVectors = "no vector code on this processor"

func splitPlain256(*complex128, int, int, *complex128, *complex128)     { panic(noVectors) }
func splitConjugate256(*complex128, int, int, *complex128, *complex128) { panic(noVectors) }
func splitTurned256(*complex128, int, int, *[4]*complex128)             { panic(noVectors) }
func mulAll256(*complex128, *complex128, int)                           { panic(noVectors) }
func rotate256(*float64, *float64, *float64, int, int, int)             { panic(noVectors) }
