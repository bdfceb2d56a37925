// Package libm computes exp, log, pow and log1p with the bits of the GNU C
// library on x86-64, which are those of the libraries that call it: package math
// differs in the last bit here and there.
//
// Algorithms and tables of all but [Log1p] are those of Arm's optimized routines,
// which the C library took over (https://github.com/ARM-software/optimized-routines):
//
//	Copyright (c) 1999-2025, Arm Limited.
//	SPDX-License-Identifier: MIT OR Apache-2.0 WITH LLVM-exception
//
// The C library runs them with fused multiply-adds where the processor has them.
// These are written out here, at the places where its compiler puts them, so that
// the bits are the same everywhere.
package libm
