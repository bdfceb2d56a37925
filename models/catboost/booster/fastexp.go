package booster

import (
	"math"

	"leapscore/internal/libm"
)

// CatBoost's fast exp is expd_v of herumi's fmath (https://github.com/herumi/fmath,
// BSD 3-clause), which differs from exp by up to 1e-9, so it is computed as there: a table
// of 2^(i/2048) and a polynomial of the third degree.
//
// Copyright MITSUNARI Shigeo. Redistribution and use in source and binary forms, with
// or without modification, are permitted under the terms of the BSD 3-clause licence.

const (
	expdBits = 11
	expdSize = 1 << expdBits
	expdAdj  = 1<<(expdBits+10) - 1<<expdBits
	expdC2   = 0.16666666685227835064
	expdC3   = 3.0000000027955394
	expdBig  = 3 << 51 // rounds to whole numbers when it is added
	expdMin  = -708.39641853226408
)

var (
	expdA     = expdSize / libm.Log(2) // as doubles, which constants of Go are not
	expdRA    = 1 / expdA
	expdTable = func() (t [expdSize]uint64) {
		for i := range t {
			t[i] = math.Float64bits(libm.Pow(2, float64(i)*(1.0/expdSize))) & (1<<52 - 1)
		}
		return t
	}()
)

// expdLane is exp as a lane of the vector code computes it: arguments are limited.
func expdLane(x float64) float64 {
	return expdIn(max(min(x, 709.78272569338397), expdMin))
}

// expd is exp as the code for what is left behind the last vector computes it.
func expd(x float64) float64 {
	switch {
	case x <= expdMin:
		return 0
	case x >= 709.78271289338397:
		return math.Inf(1)
	}
	return expdIn(x)
}

func expdIn(x float64) float64 {
	d := float64(x*expdA) + expdBig
	di := math.Float64bits(d)
	t := float64((d-expdBig)*expdRA) - x
	u := (di + expdAdj) >> expdBits << 52
	y := float64((expdC3-t)*float64(t*t)) * expdC2
	y = float64(y-t) + 1
	return y * math.Float64frombits(u|expdTable[di&(expdSize-1)])
}

// fastExp replaces all by their exp, four at a time and the rest one by one.
func fastExp(x []float64) {
	whole := len(x) &^ 3
	for i := range x {
		if i < whole {
			x[i] = expdLane(x[i])
		} else {
			x[i] = expd(x[i])
		}
	}
}
