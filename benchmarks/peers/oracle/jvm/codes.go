package jvm

import "strings"

// UnknownCode is the code of exceptions that the table does not know.
const UnknownCode = "error"

// rules give the reject code of package ops for an exception. The first rule
// that fits wins; an empty field fits everything. A class is given without its
// package, a message by a part of it.
var rules = []struct{ class, message, code string }{
	{"NullPointerException", "", "null"},
	{"MatchError", "null", "null"},
	{"IllegalArgumentException", "Values to interact cannot be null", "null"},

	{"NumberFormatException", "", "cast"},
	{"ClassCastException", "", "cast"},
	{"IllegalArgumentException", "Cannot cast", "cast"},

	{"RuntimeException", "Bucketizer encountered NaN", "nan"},
	{"IllegalArgumentException", "invalid label: NaN", "nan"},
	{"AssertionError", "must be indices, but got NaN", "nan"},

	{"RuntimeException", "out of Bucketizer bounds", "out_of_range"},
	{"IllegalArgumentException", "Negative value: ", "out_of_range"},
	{"OutOfRangeException", "", "out_of_range"},

	{"IllegalArgumentException", "Unseen value: ", "unseen_label"},
	{"IllegalArgumentException", "VectorIndexer encountered invalid value", "unseen_label"},
	{"NoSuchElementException", "", "unseen_label"},

	{"IllegalArgumentException", "invalid input size", "size_mismatch"},
	{"AssertionError", "expected vector of length", "size_mismatch"},
	{"AssertionError", "column size was", "size_mismatch"},
	{"IllegalArgumentException", "non-matching sizes", "size_mismatch"},
	{"IllegalArgumentException", "don't match", "size_mismatch"},
	{"IllegalArgumentException", "mismatch", "size_mismatch"},
	{"ArrayIndexOutOfBoundsException", "", "size_mismatch"},
	{"IndexOutOfBoundsException", "", "size_mismatch"},

	{"IllegalArgumentException", "", "invalid_value"},
	{"AssertionError", "", "invalid_value"},
	{"ArithmeticException", "", "invalid_value"},
	{"MatrixNotSymmetricException", "", "invalid_value"},
	{"MatrixEmptyException", "", "invalid_value"},
	{"NotConvergedException", "", "invalid_value"},
	// loops that do not converge and recursions without end
	{"TimeoutException", "", "invalid_value"},
	{"StackOverflowError", "", "invalid_value"},
}

// Code returns the reject code of package ops for the cause of e.
func (e *Exception) Code() string {
	class := e.Class[strings.LastIndexAny(e.Class, ".$")+1:]
	for _, r := range rules {
		if r.class == class && strings.Contains(e.Message, r.message) {
			return r.code
		}
	}
	return UnknownCode
}
