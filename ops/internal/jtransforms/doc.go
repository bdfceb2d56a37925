// Package jtransforms computes the scaled discrete cosine transforms of
// DoubleDCT_1D (JTransforms 2.4.0, package edu.emory.mathcs), which MLeap's
// DCTModel calls, with the same bits.
//
// The class takes one of three ways, by the length n:
//
//   - a power of two: one complex transform of n/2 points by Ooura's split
//     radix (power_of_two.go, split_radix.go);
//   - any other n: a real transform of the sequence and its mirror image, 2n
//     points, by FFTPACK's mixed radix (mixed_radix.go, radix*.go);
//   - unless 2n, freed of the factors 2, 3 and 5, is still at least 211: then
//     the same by Bluestein's algorithm (bluestein.go).
//
// The bits of a result follow from the graph of roundings and from the tables
// of cosines and sines, not from the order in which memory is walked. So this
// is code of our own over the algorithms of two freely usable packages: FFTPACK
// (P. N. Swarztrauber, public domain) and the General Purpose FFT Package
// (Copyright Takuya OOURA, 1996-2001: "You may use, copy, modify and distribute
// this code for any purpose (include commercial use) and without fee"). The
// tables come from package javamath, so that they are the JVM's.
//
// JTransforms uses several threads for long inputs. Its threads divide the same
// graph of roundings, so that the number of processors does not show in the
// result; here every transform runs on the calling goroutine.
//
// The package has no unscaled transforms, no other Fourier transforms and no
// transforms of several dimensions.
package jtransforms
