package text

// dialect is how CSV is written.
type dialect struct {
	delimiter byte
	quote     byte
}

// rfc4180 is CSV as RFC 4180 has it.
var rfc4180 = dialect{delimiter: ',', quote: '"'}
