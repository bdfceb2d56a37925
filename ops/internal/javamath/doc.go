// Package javamath gives the results of java.lang.Math as JDK 17 computes them on
// x86-64, to the last bit, on every platform Go runs on.
//
// Exp, Log, Log10, Pow, Sin, Cos and Tan follow, operation by operation, Intel's LIBM as
// published under the 3-clause BSD licence in Android's bionic; the JVM uses the same
// library for them. Every product that meets a sum is written float64(a*b), so that no
// compiler may fuse the two.
//
// Log, Log10 and Pow start from the processor's approximate reciprocal (RCPPS), which
// Intel and AMD define differently. rcpTable is that of AMD's Zen family, so that is the
// JVM this package equals; on a processor with another RCPPS the JVM itself gives other
// last bits for a few arguments in a thousand.
//
// It holds only what scoring needs: there is no StrictMath, and no hyperbolic sine and
// cosine, inverse trigonometry or roots.
package javamath
