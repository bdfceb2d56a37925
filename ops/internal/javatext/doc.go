// Package javatext gives Go the text of the JVM (JDK 17): how it prints and
// reads numbers, lower-cases, splits and matches regular expressions. Results
// are those of the JVM character for character, odd ones included; where that
// cannot be had, a function refuses instead of answering something else.
//
// Java text is UTF-16 and ours is UTF-8. Unpaired surrogates, which only
// UTF-16 can hold, do not exist here: no function takes or makes them. A regular
// expression that would cut them out of a text is refused for that text.
//
// The package knows nothing of locales: it is Locale.ROOT throughout. It takes
// no sizes or limits; callers bound the text that they pass in.
package javatext
