// Package blas is the linear algebra of MLeap's reference runtime, bit for bit:
// the order of additions and the use of fused multiply-add are those of
// dev.ludovic.netlib's Java11BLAS 3.0.4 (what a JVM of 11 or later uses without
// a native BLAS and without the incubating vector module) and of Spark 4.1.2's
// org.apache.spark.ml.linalg.BLAS and Vectors, which MLeap calls.
//
// Two families of functions must not be exchanged for one another. The dense
// ones fuse every multiplication and addition; those with Sparse in the name
// round the product first, as Spark's loops over stored entries do. The same
// vector in its dense and in its sparse form therefore gives different bits.
//
// Functions of many rows (GemvNRows, ChainRows, GemmRows, DistanceRows, DotRows)
// give each row the bits of the functions of one row. They run vector code where the
// processor has it: outputs and rows lie side by side in registers, and along one sum
// the order of additions stays. A new kernel is one more entry of productKernels, and
// the tests run every kernel that the processor has against the functions of one row.
//
// The package works on plain slices, allocates nothing unless said so, and
// keeps nothing but memory for the blocks of such calls. Matrices are
// column-major without padding between columns: element (row, col) of an m x n
// matrix is a[row+col*m]. Sparse vectors are parallel slices of strictly
// ascending indices and their values. Lengths that do not fit are a bug of the
// caller and panic. It is not a general BLAS: there are no strides, no symmetric
// or banded forms, and no approximate fast paths.
//
// Sources followed: dev.ludovic.netlib (MIT licence, Copyright 2020, 2021,
// Ludovic Henry), classes AbstractBLAS, Java8BLAS, Java11BLAS; Apache Spark
// (Apache License 2.0), mllib-local BLAS.scala and Vectors.scala; MLeap (Apache
// License 2.0), LinalgUtils.scala.
package blas
