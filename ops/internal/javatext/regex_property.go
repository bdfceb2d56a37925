package javatext

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// property reads what follows \p or \P.
func (p *parser) property(negated bool) runeSet {
	start := p.i - 2
	p.noSpace("a property")
	if !p.more() {
		p.fail("unfinished property")
	}
	var name string
	if !p.accept("{") {
		name = string(p.src[p.i])
		p.i++
	} else {
		open := p.i
		for p.more() && p.peek() != '}' {
			p.i++
		}
		name = string(p.src[open:p.i])
		if p.has(comments) && strings.ContainsAny(name, " \t\n\v\f\r#") {
			p.refuse(start, "white space inside a property")
		}
		if !p.more() {
			p.fail("unclosed character family")
		}
		p.i++
		if name == "" {
			p.fail("empty character family")
		}
	}
	set, ok := p.namedSet(start, name)
	if !ok {
		p.i = start
		p.fail("unknown character property name {%s}", name)
	}
	if last := len(set) - 1; negated || last < 0 || set[last].hi > 0xff {
		p.wide = true
	}
	if negated {
		return set.complement()
	}
	return set
}

func (p *parser) namedSet(start int, name string) (set runeSet, ok bool) {
	if key, value, found := strings.Cut(name, "="); found {
		switch strings.ToLower(key) {
		case "sc", "script":
			return scriptSet(value)
		case "blk", "block":
			return blockSet(value)
		case "gc", "general_category":
			return p.categorySet(value)
		}
		return nil, false
	}
	if block, found := strings.CutPrefix(name, "In"); found {
		return blockSet(block)
	}
	if is, found := strings.CutPrefix(name, "Is"); found {
		if set, ok = p.binarySet(strings.ToUpper(is)); ok {
			return set, true
		}
		if set, ok = p.posixUnicodeSet(is); ok {
			return set, true
		}
		if set, ok = p.categorySet(is); ok {
			return set, true
		}
		return scriptSet(is)
	}
	if strings.HasPrefix(name, "java") {
		if name == "javaMirrored" {
			p.refuse(start, "\\p{javaMirrored}")
		}
		return p.javaSet(name)
	}
	if p.has(unicodeClasses) {
		if set, ok = p.posixUnicodeSet(name); ok {
			return set, true
		}
	}
	return p.categorySet(name)
}

// anyCase is what Java makes of a property about one letter case in (?i).
func (p *parser) anyCase(set runeSet) runeSet {
	if !p.has(ignoreCase) {
		return set
	}
	return lowercase().union(uppercase()).union(tableSet(unicode.Lt))
}

// lowercase, uppercase and alphabetic are those of Unicode 13; characters that
// became so later are taken out.
var (
	lowercase = sync.OnceValue(func() runeSet {
		return tableSet(unicode.Ll, unicode.Other_Lowercase).minus(runeSet{{0x10fc, 0x10fc}, {0xab69, 0xab69}})
	})
	uppercase  = sync.OnceValue(func() runeSet { return tableSet(unicode.Lu, unicode.Other_Uppercase) })
	alphabetic = sync.OnceValue(func() runeSet {
		return tableSet(unicode.L, unicode.Nl, unicode.Other_Alphabetic).minus(runeSet{{0xc04, 0xc04}, {0xf82, 0xf83}, {0x11080, 0x11081}})
	})
	whiteSpace = sync.OnceValue(func() runeSet { return tableSet(unicode.White_Space) })
	controls   = runeSet{{0, 0x1f}, {0x7f, 0x9f}}
	joiners    = runeSet{{0x200c, 0x200d}}
	surrogates = runeSet{{0xd800, 0xdfff}}
	latin1     = runeSet{{0, 0xff}}
	punctuated = sync.OnceValue(func() runeSet { return tableSet(unicode.P) })
	wordRunes  = sync.OnceValue(func() runeSet {
		return alphabetic().union(tableSet(unicode.M, unicode.Nd, unicode.Pc)).union(joiners)
	})
	blanks = sync.OnceValue(func() runeSet { return tableSet(unicode.Zs).union(oneRune('\t')) })
	graphs = sync.OnceValue(func() runeSet {
		return tableSet(unicode.Z).union(whiteSpace()).union(controls).union(surrogates).complement().intersect(assigned)
	})
)

func unicodeShorthands() map[rune]runeSet {
	return map[rune]runeSet{'d': tableSet(unicode.Nd), 's': whiteSpace(), 'w': wordRunes()}
}

// binarySet is a property of Unicode by its name in capitals.
func (p *parser) binarySet(name string) (set runeSet, ok bool) {
	switch name {
	case "ALPHABETIC":
		return alphabetic(), true
	case "LETTER":
		return tableSet(unicode.L), true
	case "IDEOGRAPHIC":
		return tableSet(unicode.Ideographic), true
	case "LOWERCASE":
		return p.anyCase(lowercase()), true
	case "UPPERCASE":
		return p.anyCase(uppercase()), true
	case "TITLECASE":
		return p.anyCase(tableSet(unicode.Lt)), true
	case "WHITE_SPACE", "WHITESPACE":
		return whiteSpace(), true
	case "CONTROL":
		return controls, true
	case "PUNCTUATION":
		return punctuated(), true
	case "HEX_DIGIT", "HEXDIGIT":
		return tableSet(unicode.Nd).union(tableSet(unicode.Hex_Digit)), true
	case "ASSIGNED":
		return assigned, true
	case "NONCHARACTER_CODE_POINT", "NONCHARACTERCODEPOINT":
		return normalize(rangesOf(unicode.Noncharacter_Code_Point)), true
	case "DIGIT":
		return tableSet(unicode.Nd), true
	case "ALNUM":
		return alphabetic().union(tableSet(unicode.Nd)), true
	case "BLANK":
		return blanks(), true
	case "GRAPH":
		return graphs(), true
	case "PRINT":
		return graphs().union(blanks()).minus(controls), true
	case "WORD":
		return wordRunes(), true
	case "JOIN_CONTROL", "JOINCONTROL":
		return joiners, true
	}
	return nil, false
}

// posixUnicodeSet is a POSIX class in (?U) or after Is, in any case.
func (p *parser) posixUnicodeSet(name string) (set runeSet, ok bool) {
	unicodeName, ok := map[string]string{
		"ALPHA": "ALPHABETIC", "LOWER": "LOWERCASE", "UPPER": "UPPERCASE", "SPACE": "WHITE_SPACE", "PUNCT": "PUNCTUATION",
		"XDIGIT": "HEX_DIGIT", "ALNUM": "ALNUM", "CNTRL": "CONTROL", "DIGIT": "DIGIT", "BLANK": "BLANK", "GRAPH": "GRAPH", "PRINT": "PRINT",
	}[strings.ToUpper(name)]
	if !ok {
		return nil, false
	}
	return p.binarySet(unicodeName)
}

// posixSets are the POSIX classes, which hold ASCII only.
var posixSets = map[string]runeSet{
	"ASCII":  {{0, 0x7f}},
	"Alnum":  {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}},
	"Alpha":  {{'A', 'Z'}, {'a', 'z'}},
	"Blank":  {{'\t', '\t'}, {' ', ' '}},
	"Cntrl":  {{0, 0x1f}, {0x7f, 0x7f}},
	"Digit":  {{'0', '9'}},
	"Graph":  {{'!', '~'}},
	"Lower":  {{'a', 'z'}},
	"Print":  {{' ', '~'}},
	"Punct":  {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}},
	"Space":  {{'\t', '\r'}, {' ', ' '}},
	"Upper":  {{'A', 'Z'}},
	"XDigit": {{'0', '9'}, {'A', 'F'}, {'a', 'f'}},
}

// categorySet is a POSIX class, a general category or a group of such.
func (p *parser) categorySet(name string) (set runeSet, ok bool) {
	if set, ok = posixSets[name]; ok {
		if p.has(ignoreCase) && (name == "Lower" || name == "Upper") {
			return posixSets["Alpha"], true
		}
		return set, true
	}
	switch name {
	case "L1":
		return latin1, true
	case "all":
		return anyRune, true
	case "Cn":
		return assigned.complement(), true
	case "C":
		return tableSet(unicode.C).union(surrogates).union(assigned.complement()), true
	case "LC":
		return tableSet(unicode.Lu, unicode.Ll, unicode.Lt), true
	case "LD":
		return tableSet(unicode.L, unicode.Nd), true
	case "Lu", "Ll", "Lt":
		if p.has(ignoreCase) {
			return tableSet(unicode.Lu, unicode.Ll, unicode.Lt), true
		}
	}
	if len(name) > 2 {
		return nil, false
	}
	table, ok := unicode.Categories[name]
	if !ok {
		return nil, false
	}
	return tableSet(table), true
}

// javaSet is a property by its method of java.lang.Character.
func (p *parser) javaSet(name string) (set runeSet, ok bool) {
	ignorable := func() runeSet {
		return tableSet(unicode.Cf).union(runeSet{{0, 8}, {0xe, 0x1b}, {0x7f, 0x9f}})
	}
	otherStarts := runeSet{{0x1885, 0x1886}, {0x2118, 0x2118}, {0x212e, 0x212e}, {0x309b, 0x309c}}
	otherParts := runeSet{{0xb7, 0xb7}, {0x387, 0x387}, {0x1369, 0x1371}, {0x19da, 0x19da}}
	switch name {
	case "javaLowerCase":
		return p.anyCase(lowercase()), true
	case "javaUpperCase":
		return p.anyCase(uppercase()), true
	case "javaTitleCase":
		return p.anyCase(tableSet(unicode.Lt)), true
	case "javaAlphabetic":
		return alphabetic(), true
	case "javaIdeographic":
		return tableSet(unicode.Ideographic), true
	case "javaDigit":
		return tableSet(unicode.Nd), true
	case "javaDefined":
		return assigned, true
	case "javaLetter":
		return tableSet(unicode.L), true
	case "javaLetterOrDigit":
		return tableSet(unicode.L, unicode.Nd), true
	case "javaJavaIdentifierStart":
		return tableSet(unicode.L, unicode.Nl, unicode.Sc, unicode.Pc), true
	case "javaJavaIdentifierPart":
		return tableSet(unicode.L, unicode.Nl, unicode.Sc, unicode.Pc, unicode.Nd, unicode.Mn, unicode.Mc).union(ignorable()), true
	case "javaUnicodeIdentifierStart":
		return tableSet(unicode.L, unicode.Nl).union(otherStarts), true
	case "javaUnicodeIdentifierPart":
		return tableSet(unicode.L, unicode.Nl, unicode.Pc, unicode.Nd, unicode.Mn, unicode.Mc).union(otherStarts).union(otherParts).union(ignorable()), true
	case "javaIdentifierIgnorable":
		return ignorable(), true
	case "javaSpaceChar":
		return tableSet(unicode.Z), true
	case "javaWhitespace":
		return tableSet(unicode.Z).minus(runesOf("\u00a0\u2007\u202f")).union(runeSet{{'\t', '\r'}, {0x1c, 0x1f}}), true
	case "javaISOControl":
		return controls, true
	}
	return nil, false
}

// scriptSet is the script with the given name or code, in any case.
func scriptSet(name string) (set runeSet, ok bool) {
	full, ok := scriptNames()[strings.ToUpper(name)]
	if !ok {
		return nil, false
	}
	if full == "UNKNOWN" {
		var all runeSet
		for _, table := range unicode.Scripts {
			all = append(all, rangesOf(table)...)
		}
		return normalize(all).intersect(assigned).complement(), true
	}
	for key, table := range unicode.Scripts {
		if strings.ToUpper(key) == full {
			set = tableSet(table)
		}
	}
	// OLD CHINESE HOOK MARK and OLD CHINESE ITERATION MARK changed scripts.
	changed := runeSet{{0x16fe2, 0x16fe3}}
	switch full {
	case "HAN":
		set = set.minus(changed)
	case "COMMON":
		set = set.union(changed)
	}
	return set, true
}

// scriptNames gives a script's full name by its code and by itself.
var scriptNames = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	words := strings.Fields(scriptTable)
	for i := 0; i+1 < len(words); i += 2 {
		m[words[i]], m[words[i+1]] = words[i+1], words[i+1]
	}
	return m
})

// blockSet is the block with the given name, in any case, with or without its
// spaces.
func blockSet(name string) (set runeSet, ok bool) {
	x, ok := blocks()[strings.ToUpper(name)]
	return runeSet{x}, ok
}

var blocks = sync.OnceValue(func() map[string]runeRange {
	m := map[string]runeRange{}
	for line := range strings.Lines(blockTable) {
		fields := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(fields) < 3 {
			continue
		}
		lo, _ := strconv.ParseUint(fields[0], 16, 32)
		hi, _ := strconv.ParseUint(fields[1], 16, 32)
		x := runeRange{rune(lo), rune(hi)}
		official, own, differs := strings.Cut(strings.ToUpper(fields[2]), "|")
		if differs {
			m[strings.ReplaceAll(own, "_", " ")] = x
			m[strings.ReplaceAll(own, "_", "")] = x
		} else {
			own = strings.NewReplacer(" ", "_", "-", "_").Replace(official)
		}
		m[own] = x
		m[official] = x
		m[strings.ReplaceAll(official, " ", "")] = x
	}
	return m
})
