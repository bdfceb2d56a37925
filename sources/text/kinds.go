package text

import (
	"math"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"leapscore/sources/internal/scan"
)

// kindSet is the kinds of values that a column of text has.
type kindSet uint16

const (
	kindBool      kindSet = 1 << iota
	kindInt               // an integer of 64 bits that is not negative
	kindNegative          // one that is
	kindIntLong           // either, if no double holds it
	kindUint              // an integer of 64 bits without a sign only
	kindUintLong          // the same, if no double holds it
	kindBig               // a longer integer that a double holds
	kindBigLong           // one that no double holds
	kindDouble            // any other number
	kindFloatName         // a text that names a double without digits, as NaN does
	kindString
	kindOther // an object, or a list in a list

	kindsLong   = kindIntLong | kindUintLong | kindBigLong
	kindsDouble = kindBig | kindBigLong | kindDouble | kindFloatName
	kindsNumber = kindInt | kindNegative | kindUint | kindsLong | kindsDouble
)

// typ returns the type of values of these kinds: nil if they have none in
// common, or are strings. exact is false if the type loses digits of some.
func (k kindSet) typ() (t arrow.DataType, exact bool) {
	switch {
	case k == 0, k == kindFloatName, k&^kindsNumber != 0 && k != kindBool:
		return nil, true
	case k == kindBool:
		return arrow.FixedWidthTypes.Boolean, true
	case k&kindsDouble == 0 && k&(kindUint|kindUintLong) == 0:
		return arrow.PrimitiveTypes.Int64, true
	case k&kindsDouble == 0 && k&kindNegative == 0:
		return arrow.PrimitiveTypes.Uint64, true
	}
	return arrow.PrimitiveTypes.Float64, k&kindsLong == 0
}

// integerKind returns the kind of an integer, which is spelled in decimal without
// leading zeros.
func integerKind(text []byte) kindSet {
	k := kindInt
	if text[0] == '-' {
		if len(text) == 2 && text[1] == '0' {
			return kindDouble // no integer has its sign
		}
		k = kindNegative
	}
	if len(text) < 16 {
		return k
	}
	if _, err := strconv.ParseInt(scan.AsString(text), 10, 64); err == nil {
		if !doubleHolds(text) {
			k |= kindIntLong
		}
		return k
	}
	if _, err := strconv.ParseUint(scan.AsString(text), 10, 64); err == nil {
		if !doubleHolds(text) {
			return kindUintLong
		}
		return kindUint
	}
	if !doubleHolds(text) {
		return kindBigLong
	}
	return kindBig
}

// doubleHolds says whether a double keeps an integer: it is the double's value,
// or how the double is spelled with the fewest digits, as JavaScript does.
func doubleHolds(text []byte) bool {
	f, err := strconv.ParseFloat(scan.AsString(text), 64)
	if err != nil || math.IsInf(f, 0) {
		return false
	}
	var buf [400]byte
	return string(strconv.AppendFloat(buf[:0], f, 'f', -1, 64)) == string(text) ||
		string(strconv.AppendFloat(buf[:0], f, 'f', 0, 64)) == string(text)
}

// isInteger says whether a number's text has digits only, behind a sign.
func isInteger(text []byte) bool {
	for i, c := range text {
		if c-'0' > 9 && (i > 0 || c != '-') {
			return false
		}
	}
	return true
}
