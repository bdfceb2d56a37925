package sources

var SameType = sameType
