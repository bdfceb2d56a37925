// Package commonsmath has the parts of Apache Commons Math 3.6.1 that MLeap's
// models reach, with the same bits: FastMath.log (the logit of math_unary),
// Erf.erf (the probit link), Gamma.digamma and MersenneTwister (LDA), and the
// gamma distribution of breeze 2.1.0, which LDA draws its start from.
//
// FastMath is portable Java, so its results do not depend on the JVM; where the
// original calls Math, this package calls javamath. It is not a port of the
// library: functions exist for the arguments that the models pass, and say
// which others throw in Java.
//
// Sources followed: Apache Commons Math 3.6.1 (Apache License 2.0; Copyright
// 2001-2016 The Apache Software Foundation; includes software developed for
// Orekit by CS Systèmes d'Information, Copyright 2010-2012), classes FastMath,
// Erf, Gamma, ContinuedFraction, MersenneTwister and BitsStreamGenerator; breeze
// 2.1.0 (Apache License 2.0; Copyright 2009 David Hall, Daniel Ramage), Gamma.scala,
// whose sampler for shapes above 1 is from numpy (BSD licence; Copyright 2005
// Robert Kern).
package commonsmath
