// Package javamath gives the results of java.lang.Math as JDK 17 computes them on
// x86-64, to the last bit, on every platform Go runs on.
//
// Exp, Log, Log10, Pow, Sin, Cos and Tan follow, operation by operation, Intel's LIBM as
// published under the 3-clause BSD licence in Android's bionic; the JVM uses the same
// library for them. Every product that meets a sum is written float64(a*b), so that no
// compiler may fuse the two.
//
// Log, Log10 and Pow start from the processor's approximate reciprocal (RCPPS), which
// processors are free to define. rcpTable holds the answers of AMD's Zen 4, so the JVM on
// that is the one this package equals. Elsewhere the JVM's own last bit may differ: with
// reciprocals of eleven bits, correctly rounded, no logarithm in four million changed, and
// two powers in a hundred thousand did.
//
// ExpAll, LogAll and LogisticAll take whole slices, four numbers at a time where the
// processor has AVX2, by the same operations; the plain functions take the edges.
//
// It holds only what scoring needs: there is no StrictMath, and no hyperbolic sine and
// cosine, inverse trigonometry or roots.
package javamath
