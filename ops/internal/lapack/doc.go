// Package lapack computes the eigen-decomposition of a symmetric matrix with
// the bits that the JVM gives when it has no native LAPACK: breeze's eigSym,
// which calls dsyev of the F2J translation of LAPACK 3.1
// (net.sourceforge.f2j:arpack_combined_all:0.1).
//
// That translation calls its own reference BLAS, not dev.ludovic.netlib's: it
// is plain double arithmetic throughout, with no fused multiply-add, so every
// product below is rounded by an explicit conversion. With the workspace of
// 3n-1 that eigSym passes, LAPACK never takes its blocked paths, so only the
// unblocked routines are here.
//
// The package follows LAPACK 3.1 (http://www.netlib.org/lapack), copyright
// (c) 1992-2007 The University of Tennessee, under the modified BSD licence.
// It is not a LAPACK: it has the lower triangle, eigenvectors always, and
// nothing else.
package lapack
