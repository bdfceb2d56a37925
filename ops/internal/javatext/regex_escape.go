package javatext

import "unicode"

// literalMark is the number of an opSet node that is an escaped character.
const literalMark = -1

// escape reads an escape outside of a class.
func (p *parser) escape() *node {
	start := p.i
	n := &node{op: opSet, pos: start}
	if set, ok := p.classEscape(); ok {
		n.set = set
		return n
	}
	switch r := p.peekAt(1); r {
	case 'A', 'B', 'G', 'Z', 'b', 'z':
		p.i += 2
		n.op, n.assert, n.unix = opAssert, p.escapedAssertion(r), p.has(unixLines)
		if r == 'b' && p.peek() == '{' && p.peekAt(1) == 'g' {
			p.refuse(start, "\\b{g}")
		}
	case 'R':
		p.i += 2
		n.op = opBreak
	case 'X', 'N':
		p.refuse(start, "\\%c", r)
	case 'k':
		p.i += 2
		if !p.accept("<") {
			p.fail("\\k is not followed by '<' for named capturing group")
		}
		name := p.groupName()
		number, ok := p.names[name]
		if !ok {
			p.fail("named capturing group <%s> does not exist", name)
		}
		p.backref(n, number)
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		p.i += 2
		number := int(r - '0')
		for d := p.peek(); '0' <= d && d <= '9' && number*10+int(d-'0') <= p.groups; d = p.peek() {
			number = number*10 + int(d-'0')
			p.i++
		}
		p.backref(n, number)
	default:
		n.set, n.number = oneRune(p.escapedRune()), literalMark
	}
	return n
}

func (p *parser) backref(n *node, number int) {
	n.op, n.number, n.fold, n.uniFold = opBackref, number, p.has(ignoreCase), p.has(unicodeCase)
	p.refs[number] = true
}

func (p *parser) escapedAssertion(r rune) assertion {
	switch r {
	case 'A':
		return textStart
	case 'z':
		return textEnd
	case 'Z':
		return lastLineEnd
	case 'G':
		return matchStart
	case 'b':
		if p.has(unicodeClasses) {
			return wordBoundU
		}
		return wordBound
	}
	if p.has(unicodeClasses) {
		return notWordBoundU
	}
	return notWordBound
}

// classEscape reads an escape that stands for a set, inside or outside of a
// class, and reports whether there is one.
func (p *parser) classEscape() (set runeSet, ok bool) {
	r := p.peekAt(1)
	switch r {
	case 'p', 'P':
		p.i += 2
		set = p.property(r == 'P')
		return set, true
	case 'd', 'D', 'h', 'H', 's', 'S', 'v', 'V', 'w', 'W':
	default:
		return nil, false
	}
	p.i += 2
	lower := r | 0x20
	switch {
	case lower == 'h':
		set = horizontalSpace
	case lower == 'v':
		set = verticalSpace
	case p.has(unicodeClasses):
		p.wide = true
		set = unicodeShorthands()[lower]
	default:
		set = asciiShorthands[lower]
	}
	if r != lower {
		p.wide = true
		set = set.complement()
	}
	return set, true
}

var (
	horizontalSpace = runeSet{
		{'\t', '\t'}, {' ', ' '}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x180e, 0x180e},
		{0x2000, 0x200a}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
	}
	verticalSpace = runeSet{{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}

	asciiShorthands = map[rune]runeSet{
		'd': {{'0', '9'}},
		's': {{'\t', '\r'}, {' ', ' '}},
		'w': {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}},
	}
)

var singleEscapes = map[rune]rune{'a': '\a', 'e': 0x1b, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escapedRune reads an escape that stands for one character.
func (p *parser) escapedRune() rune {
	start := p.i
	p.i++
	r := p.peek()
	if r < 0 {
		p.fail("unfinished escape sequence")
	}
	p.i++
	if single, ok := singleEscapes[r]; ok {
		return single
	}
	switch r {
	case '0':
		return p.octal()
	case 'c':
		if !p.more() {
			p.fail("illegal control escape sequence")
		}
		p.noSpace("an escape")
		p.i++
		return p.src[p.i-1] ^ 64
	case 'u':
		return p.unicodeEscape(start)
	case 'x':
		if p.accept("{") {
			return p.bracedHex(start)
		}
		return p.hex(start, 2)
	}
	if isASCIIAlnum(r) {
		p.i = start
		p.fail("illegal or unsupported escape sequence")
	}
	return r
}

func (p *parser) octal() rune {
	var v rune
	n := 0
	for ; n < 3; n++ {
		r := p.peek()
		if r < '0' || r > '7' || n == 2 && v > 037 {
			break
		}
		v = v*8 + r - '0'
		p.i++
	}
	if n == 0 {
		p.fail("illegal octal escape sequence")
	}
	p.noSpace("an escape")
	return v
}

func (p *parser) hex(start, digits int) rune {
	var v rune
	for range digits {
		p.noSpace("an escape")
		d := hexValue(p.peek())
		if d < 0 {
			p.fail("illegal hexadecimal escape sequence")
		}
		v = v*16 + d
		p.i++
	}
	p.noSurrogate(start, v)
	return v
}

func (p *parser) bracedHex(start int) rune {
	var v rune
	n := 0
	for ; hexValue(p.peek()) >= 0; n++ {
		v = v*16 + hexValue(p.peek())
		if v > unicode.MaxRune {
			p.fail("hexadecimal codepoint is too big")
		}
		p.i++
	}
	p.noSpace("an escape")
	if n == 0 || p.peek() != '}' {
		p.fail("unclosed hexadecimal escape sequence")
	}
	p.i++
	p.noSurrogate(start, v)
	return v
}

// unicodeEscape reads four digits, and the second half of a surrogate pair.
func (p *parser) unicodeEscape(start int) rune {
	v := p.fourDigits()
	if 0xd800 <= v && v <= 0xdbff && p.accept("\\u") {
		if low := p.fourDigits(); 0xdc00 <= low && low <= 0xdfff {
			return (v-0xd800)<<10 + low - 0xdc00 + 0x10000
		}
	}
	p.noSurrogate(start, v)
	return v
}

func (p *parser) fourDigits() rune {
	var v rune
	for range 4 {
		p.noSpace("an escape")
		d := hexValue(p.peek())
		if d < 0 {
			p.fail("illegal Unicode escape sequence")
		}
		v = v*16 + d
		p.i++
	}
	return v
}

func (p *parser) noSurrogate(start int, r rune) {
	if 0xd800 <= r && r <= 0xdfff {
		p.refuse(start, "half a surrogate pair")
	}
}

func hexValue(r rune) rune {
	switch {
	case '0' <= r && r <= '9':
		return r - '0'
	case 'a' <= r|0x20 && r|0x20 <= 'f':
		return r | 0x20 - 'a' + 10
	}
	return -1
}
