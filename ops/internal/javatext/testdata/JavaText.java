// Prints what the tests of package javatext expect: java JavaText.java <what>,
// with JDK 17. The streams are those of javatext_test.go.

import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

public class JavaText {
    static long state;

    static long next() {
        long z = (state += 0x9E3779B97F4A7C15L);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    static long digest;

    static void fold(String s) {
        for (int i = 0; i < s.length(); i++) {
            digest = (digest ^ s.charAt(i)) * 0x100000001B3L;
        }
        digest = (digest ^ '\n') * 0x100000001B3L;
    }

    static final int COUNT = 400_000;

    static final String[] DOUBLES = {"bits", "unit", "decimal", "whole", "subnormal", "two", "overflow"};

    static double nextDouble(String kind) {
        long r = next();
        switch (kind) {
            case "bits": return Double.longBitsToDouble(r);
            case "unit": return Double.longBitsToDouble((973 + (r & 127)) << 52 | next() >>> 12);
            case "decimal": return (double) ((r >>> 8) % pow10(1 + (int) (r & 15))) / (double) pow10((int) (r >>> 4 & 15));
            case "whole": return (double) (next() >>> (r & 63));
            case "subnormal": return Double.longBitsToDouble(next() >>> (12 + (r & 31)));
            case "two": return Double.longBitsToDouble((r & 0x7ff) << 52 | (r >>> 11 & 1) << (r >>> 12) % 52);
            case "overflow": return Double.longBitsToDouble((1023 + 80 + (r & 7)) << 52 | next() >>> 12);
            default: throw new IllegalArgumentException(kind);
        }
    }

    static final String[] FLOATS = {"bits", "decimal", "whole", "two"};

    static float nextFloat(String kind) {
        long r = next();
        switch (kind) {
            case "bits": return Float.intBitsToFloat((int) r);
            case "decimal": return (float) ((r >>> 8) % pow10(1 + (int) (r & 7))) / (float) pow10((int) (r >>> 4 & 7));
            case "whole": return (float) (next() >>> (r & 63));
            case "two": return Float.intBitsToFloat((int) ((r & 0xff) << 23 | (r >>> 11 & 1) << (r >>> 12) % 23));
            default: throw new IllegalArgumentException(kind);
        }
    }

    static long pow10(int n) {
        long p = 1;
        for (; n > 0; n--) p *= 10;
        return p;
    }

    static void printDigests(PrintStream out) {
        for (String kind : DOUBLES) {
            state = 1;
            digest = 0xCBF29CE484222325L;
            for (int i = 0; i < COUNT; i++) fold(Double.toString(nextDouble(kind)));
            out.printf("double %s %016x%n", kind, digest);
        }
        for (String kind : FLOATS) {
            state = 1;
            digest = 0xCBF29CE484222325L;
            for (int i = 0; i < COUNT; i++) fold(Float.toString(nextFloat(kind)));
            out.printf("float %s %016x%n", kind, digest);
        }
    }

    /** Decimal texts of any length, some with an exponent. */
    static String nextDecimal() {
        long r = next();
        StringBuilder b = new StringBuilder();
        if ((r & 1) != 0) b.append('-');
        long before = r >>> 1 & 15, after = r >>> 5 & 31;
        for (long i = 0; i <= before; i++) b.append((char) ('0' + (next() >>> 8) % 10));
        if (after > 0) b.append('.');
        for (long i = 0; i < after; i++) b.append((char) ('0' + (next() >>> 8) % 10));
        if ((r & 0x400) != 0) b.append('e').append((r >>> 11) % 700 - 350);
        return b.toString();
    }

    /** Decimal texts half way between two neighbours, or a trace above that. */
    static String nextMidpoint(int width, int maxExp) {
        long r = next();
        long f = r & ((1L << width) - 1), exp = (r >>> width) % maxExp;
        if (exp == 0) exp = 1; else f |= 1L << width;
        BigInteger mid = BigInteger.valueOf(2 * f + 1);
        long e = exp - maxExp / 2 - width - 1;
        String above = (next() & 1) == 0 ? "" : "1";
        if (e >= 0) return mid.shiftLeft((int) e) + "." + above;
        return mid.multiply(BigInteger.valueOf(5).pow((int) -e)) + above + "E" + (e - above.length());
    }

    static void printParseDigests(PrintStream out) {
        state = 1;
        digest = 0xCBF29CE484222325L;
        for (int i = 0; i < COUNT; i++) {
            String s = nextDecimal();
            fold(Long.toHexString(Double.doubleToRawLongBits(Double.parseDouble(s))));
            fold(Integer.toHexString(Float.floatToRawIntBits(Float.parseFloat(s))));
        }
        out.printf("decimal %016x%n", digest);
        state = 1;
        digest = 0xCBF29CE484222325L;
        for (int i = 0; i < COUNT / 20; i++) {
            fold(Long.toHexString(Double.doubleToRawLongBits(Double.parseDouble(nextMidpoint(52, 0x7ff)))));
            fold(Integer.toHexString(Float.floatToRawIntBits(Float.parseFloat(nextMidpoint(23, 0xff)))));
        }
        out.printf("midpoint %016x%n", digest);
    }

    static final String[] NUMERALS = {
        "", " ", "null", "0", "-0", "+0", "1", "+5", "-5", "--5", "+-5", "+", "-", "007", "1 ", " 1", "\t1\n", "\0001", "1\u00a0", "\u20281",
        "127", "128", "-128", "-129", "+127", "32767", "32768", "-32768", "-32769", "2147483647", "2147483648", "-2147483648",
        "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "99999999999999999999999999", "000000000000000000000000000001", "1_000", "1,000", "1e3", "1E3", "1e+3", "1e-3",
        "1e", "1e+", "1ee3", "e3", ".", ".5", "5.", "-.5", "+5.e1", ".e1", "1.2.3", "1d", "1D", "1f", "1F", "1fd", "1l", "1L", "d", "1 d", "1.5e3f",
        "0x10", "0x10p0", "0X1P3", "0x1p3", "0x1p3d", "0x1.8p1", "0x.8p1", "0x.p1", "0xp1", "0x", "0x1p", "0x1p+", "0x1p-3", "0x1pf", "0x1.fffffffffffff8p0",
        "0x1.fffffffffffff7fffp0", "0x1p-1074", "0x0.8p-1074", "0x0.80000001p-1074", "0x1p-1075", "0x1.8p-1074", "0x1p1023", "0x1p1024", "-0x0p0",
        "0x0p99999999999", "0x1p99999999999", "0x1p-99999999999", "0x1.000001p0", "0x1.0000010000001p0", "0x1.000003p0", "0x1.fffffep127", "0x1.ffffffp127",
        "0x1p-149", "0x1p-150", "0x1.8p-150", "0x0.000002p-126", "0xabcDEFp4", "0x1_0p0", "0x1.p1", "0x0000000000000000000000001p1", "#10", "010", "0b1", "0x1", "0x7f",
        "NaN", "+NaN", "-NaN", "nan", "NAN", "NaNd", "Infinity", "+Infinity", "-Infinity", " -Infinity ", "infinity", "inf", "INF", "Inf", "Infinityf", "-inf",
        "1e308", "1.8e308", "1.7976931348623158e308", "1.7976931348623159e308", "4.9e-324", "2.5e-324", "2.4e-324", "2.2250738585072012e-308",
        "1e-400", "1e400", "-1e400", "1e99999999999999", "1e-99999999999999", "0e99999999999999", "0.0e-99999999999999", "1e2147483647", "1e2147483648",
        "1e-2147483648", "1e-2147483649", "3.4028235e38", "3.4028236e38", "3.40282357e38", "3.4028235677973366e38", "1.4e-45", "7e-46", "7.1e-46",
        "16777217", "16777219", "16777217.0000000000000000000000001", "1.00000017881393421514957253748434595763683319091796875",
        "1.00000017881393432617187499", "1.000000178813934326171875", "1.00000017881393432617187501", "9007199254740993", "9007199254740993.0000000001",
        "0.1", "0.30000000000000004", "123456789012345678901234567890", "\u0661\u0662\u0663", "-\u0661", "\uff11\uff12", "\u0967.\u0968", "\ud835\udfcf", "1\u0660",
        "\u0660", "\u0660\u0660", "00", "0000", "10", "00010", "true", "false", "yes", "no", "True", "FALSE", "Yes", "NO", "on", "off", "t", "f", "y", "n", "x", "0.0", "-1", "1.0",
        "9999999999999999999999999999999999999999", "\u00b2", "\u2460", "\u00bd", "\u4e00", "1e5 ", "1\u3000", "\ufeff1", "null ", "Null",
    };

    static String bool(String v) { // Casting.scala
        switch (v) {
            case "true": case "yes": return "true";
            case "false": case "no": case "": return "false";
        }
        for (char c : v.toCharArray()) if (!Character.isDigit(c)) return "true";
        return String.valueOf(Double.parseDouble(v) != 0);
    }

    interface Parser { String parse(String s); }

    static String attempt(Parser p, String s) {
        try {
            return p.parse(s);
        } catch (NumberFormatException e) {
            return "!";
        }
    }

    static void printNumerals(PrintStream out) {
        out.println("# numeral, then double and float bits, long, int, short, byte, boolean; ! where Java throws");
        for (String s : NUMERALS) {
            out.println(quote(s)
                + " " + attempt(t -> String.format("%016x", Double.doubleToRawLongBits(Double.parseDouble(t))), s)
                + " " + attempt(t -> String.format("%08x", Float.floatToRawIntBits(Float.parseFloat(t))), s)
                + " " + attempt(t -> "" + Long.parseLong(t), s)
                + " " + attempt(t -> "" + Integer.parseInt(t), s)
                + " " + attempt(t -> "" + Short.parseShort(t), s)
                + " " + attempt(t -> "" + Byte.parseByte(t), s)
                + " " + attempt(JavaText::bool, s));
        }
    }

    /** A string literal that Go's strconv.Unquote reads. */
    static String quote(String s) {
        StringBuilder b = new StringBuilder("\"");
        s.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') b.append('\\').append((char) c);
            else if (c >= 0x20 && c < 0x7f) b.append((char) c);
            else b.append(String.format(c > 0xffff ? "\\U%08x" : "\\u%04x", c));
        });
        return b.append('"').toString();
    }

    /** The table of unicode13_table.go. */
    static void printAssigned(PrintStream out) {
        out.println("package javatext\n");
        out.println("// assigned are the code points of Unicode 13, as printed by testdata/JavaText.java");
        out.println("// assigned on JDK 17.");
        out.print("var assigned = runeSet{");
        int start = 0, n = 0;
        for (int c = 1; c <= 0x110000; c++) {
            boolean now = c <= 0x10ffff && Character.isDefined(c), before = Character.isDefined(c - 1);
            if (now && !before) start = c;
            if (!now && before) out.printf("%s{0x%x, 0x%x},", n++ % 6 == 0 ? "\n\t" : " ", start, c - 1);
        }
        out.println("\n}");
    }

    static final Locale LOCALE = Locale.ROOT;

    /** Characters of every class of word breaking, and some of every kind of case. */
    static final String[] LETTERS = {
        "a", "A", "\u03a3", "\u03a3", "\u03a3", "\u05d0", "1", " ", ".", ",", "'", "-", "_", "$", "%", "\u0301", "\u00ad", "\u200b", "\u0130", "\u00df",
        "\n", "\r", "\u0000", "(", "\u0964", "\u4e00", "\u3042", "\u3099", "\u30a2", "\u30fc", "\u0345", "\u2160", "\u02b0", "\u00aa",
        "\ud801\udc00", "\ud835\udfce", "\ud834\udd65", "\ud834\udd73", "\ud83d\ude00", "\u1e9e", "\u03c3", "\u0391", "\u01c5", "\u2c2f", "\ua7cb",
    };

    static void printLowerDigests(PrintStream out) {
        digest = 0xCBF29CE484222325L;
        for (int c = 0; c <= 0x10ffff; c++) {
            if (c >= 0xd800 && c <= 0xdfff) continue;
            String s = new String(Character.toChars(c));
            foldCodePoints(s.toLowerCase(LOCALE));
            fold(Character.isLetter((char) c) && c <= 0xffff ? "letter" : "other");
            fold("" + Character.digit(c <= 0xffff ? (char) c : 0, 10));
            if (c >= 0x20000 && c % 64 != 0) continue;
            foldCodePoints((s + "\u03a3").toLowerCase(LOCALE));
            foldCodePoints(("A" + s + "\u03a3").toLowerCase(LOCALE));
            foldCodePoints(("\u05d0" + s + "\u05d0\u03a3").toLowerCase(LOCALE));
            foldCodePoints(("A\u03a3" + s).toLowerCase(LOCALE));
            foldCodePoints(("A\u03a3" + s + "\u05d0A").toLowerCase(LOCALE));
        }
        out.printf("code points %016x%n", digest);
        state = 1;
        digest = 0xCBF29CE484222325L;
        for (int i = 0; i < COUNT; i++) {
            StringBuilder b = new StringBuilder();
            for (long n = (next() >>> 8) % 12; n >= 0; n--) b.append(LETTERS[(int) ((next() >>> 8) % LETTERS.length)]);
            foldCodePoints(b.toString().toLowerCase(LOCALE));
        }
        out.printf("texts %016x%n", digest);
    }

    static void foldCodePoints(String s) {
        s.codePoints().forEach(c -> digest = (digest ^ c) * 0x100000001B3L);
        digest = (digest ^ '\n') * 0x100000001B3L;
    }

    /** Patterns, and the texts to run each of them on; patterns without texts are errors. */
    static final String[][][] PATTERNS = {
        {{
            "\\s", "\\s+", "\\W", "\\W+", "\\w+", "[^\\w]+", "\\d+", "\\D+", "\\S+", ",", "\\.", "[,;\\s]+", "[a-z]+",
            "[A-Za-z]+", "[^a-zA-Z0-9]+", "\\b\\w+\\b", "\\p{L}+", "\\P{L}+", "[\\p{L}\\p{Nd}]+", "\\p{Alpha}+",
            "\\p{Punct}", "\\p{IsAlphabetic}+", "[^\\p{IsAlphabetic}]+", "(?U)\\w+", "(?U)\\W+", "\\h+", "\\v", "\\R",
        }, {"", "The quick,  brown fox; 3.14 \u20ac5\n", "Gr\u00fc\u00dfe aus K\u00f6ln, \u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u6771\u4eac l'\u00e9t\u00e9", " a\tb\u000bc\u00a0d\u0085e\u2028f\r\ng "}},
        {{
            "a|ab", "ab|a", "(?:a|ab)(?:c|bcd)", "a*", "a+", "a?", "a*?", "a+?", "a??", "a*+", "a++a", "a?+a", "a{2}",
            "a{1,2}", "a{2,}", "a{1,2}?", "a{2}+a", "(?>a+)a", "(?>a|ab)c", "(a|b)*c", "(?:a|b)+?c", "(?:ab){2}",
            "a{0}b", "x*", "(?:)", "", "|a", "a|", "a||b", "()", "(a*)*", "(a|)+", "(?:a?b??)*",
        }, {"", "aaab", "abcabcd", "baaac"}},
        {{
            "^a", "a$", "^", "$", "\\Aa", "a\\z", "a\\Z", "\\Z", "\\z", "(?m)^a", "(?m)a$", "(?m)^", "(?m)$", "(?d)a$",
            "(?dm)a$", "(?dm)^a", ".+", "(?s).+", "(?d).+", "(?m)^.*$", "\\Ga", "\\G\\w\\s?", "^*a", "$*", "^a*$",
        }, {"", "a\na\r\na", "a\r\n", "a a\u0085a\u2028a\n\n", "a\ra"}},
        {{
            "a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b", "(?<=a|bc)b", "(?<=\\d{1,3})[a-z]", "(?<=^|,)[^,]*", "(?=a)",
            "(?!a)", "(?<=a)", "(?<!a)", "(?<=(?=ab)a)b", "(?<![^\\s])\\w", "(?=(?:ab)+c)a", "(?<=a*)b", "(?i)(?<=A)b",
        }, {"ab,abc,12x aab", "bab cab", ""}},
        {{
            "[abc]", "[^abc]", "[a-c&&b-d]", "[a-z&&[^b]]", "[a-z&&[^bc]&&[^x]]", "[a-c[x-z]]", "[^a[b]]", "[]a]",
            "[^]a]", "[a\\]]", "[a-]", "[-a]", "[a\\-c]", "[+--]", "[\\w&&[^\\d]]", "[\\d.]", "[^\\d\\s]", "[\\Q^-]\\E]",
            "[&a]", "[a&b]", "[\\p{L}&&[^\\p{Lu}]]", "[\\x41-\\x43]", "[\\u0041\\u00e9]", "[[:alpha:]]", "[^\\p{L}\\d]",
            "[a-z&&[def]]",
        }, {"abc[x]^-&:", "D\u00e9 Ab1.z]"}},
        {{
            "(?i)abc", "(?i)\u00e9", "(?iu)\u00e9", "(?i)[a-c]+", "(?iu)[\u00e0-\u00fd]+", "(?iu)\u00df", "(?iu)a\u00df",
            "(?iu)k", "(?i)k", "(?iu)\u03c3", "(?i:a)b", "a(?i)b|c", "(?i)a(?-i)b", "(?x) a b # comment\n c",
            "(?x)[a b]+", "(?x)a\\ b", "(?x)a {2} +", "(?s-s).", "(?i)\\p{Lower}+", "(?i)\\p{Lu}+", "(?iu)i", "(?U)\\d+",
            "(?u)\\w", "(?ix) A # b",
        }, {"abc ABC aBc \u00e9 \u00c9", "\u1e9e\u00df \u017fS K k \u0131\u0130", "\u03a3\u03a3\u03c2 ab  a b", "aa\u0663"}},
        {{
            "\\x41", "\\u0041", "\\x{41}", "\\0101", "\\cA", "\\t\\n\\r\\f\\a\\e", "\\\\", "\\.", "\\Qa.b\\E+", "\\Q\\E",
            "\\Qa*", "\\_", "\\x{1f600}", "\\ud83d\\ude00", "\\h", "\\H", "\\V+", "\\/", "\\\u00e9", "\\$", "\\{",
            "a\\{1\\}", "\\00", "}", "]", "a]",
        }, {"Aa\u00e9A\u0001\t\n\r\u000c\u0007\u001b", "a.b a.bb \\_ $ {a{1} ] }", "\ud83d\ude00A\ud83d\ude00"}},
        {{
            "(a)\\1", "(\\w)\\1", "(?<x>\\w)\\k<x>", "(['\"]).*?\\1", "(?i)(\\w)\\1", "(a)(b)?\\2", "\\1(a)", "(a)\\2",
            "(a)\\11", "((a)|b)\\2", "\\b(\\w+) \\1\\b", "(?i)\\b(\\w+)\\s+\\1\\b", "(..)\\1", "(.)(.)\\2\\1",
        }, {"aa abba 'x' \"y' the the The", "abab aA \u00e9\u00e9 \u00e9\u00c9 kK a1", "aaa1"}},
        {{
            "\\p{Lu}", "\\pL", "\\PL+", "\\p{IsLatin}+", "\\p{IsGreek}", "\\p{InGreek}+", "\\p{script=Han}",
            "\\p{blk=Latin-1 Supplement}", "\\p{gc=Nd}", "\\p{javaLowerCase}+", "\\p{javaUpperCase}",
            "\\p{javaWhitespace}", "\\p{Sc}", "\\p{ASCII}+", "\\p{Graph}+", "\\p{Cntrl}", "\\p{XDigit}+", "\\p{Blank}",
            "\\p{IsPunctuation}", "\\p{IsWhite_Space}", "\\p{L1}+", "\\p{all}", "\\p{Mn}",
        }, {"Gr\u00fc\u00dfe aus K\u00f6ln, \u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u6771\u4eac l'\u00e9t\u00e9", "The quick,  brown fox; 3.14 \u20ac5\n", "e\u0301\u2167\u00a0\u00ff\ud83d\ude00"}},
        {{
            "\\b", "\\B", "\\b.", "(?U)\\b", ".\\b",
        }, {"a e\u0301_\u0301b", "\u00e9t\u00e9, 1x"}},
        {{
            ".", "a*", "", "\\B", "(?<=.)a", "[^a]", "\\S+", "\\W", "\\p{So}", "a.b", "(?:.)+?b", "\\b.", "[\ud83d\ude00-\ud83d\ude02]",
            "[^\ud83d\ude00]+", "\ud835\udc00+", "\\p{L}",
        }, {"a\ud83d\ude00b\ud83d\ude02", "\ud835\udc00\ud835\udc00x \u00e9"}},
        {{
            "*", "+a", "?", "a**", "a*??", "a{2}*", "{", "a{", "a{,2}", "a{2,1}", "a{1", "a{99999999999}", "(", "(a",
            ")", "a)", "[", "[a", "[]", "[z-a]", "[a-\\d]", "[&&]", "(?", "(?<", "(?<1>a)", "(?<a_b>a)",
            "(?<a>b)(?<a>c)", "(?P<a>b)", "(?#a)", "(?y)a", "(?i-s-m)a", "\\", "a\\", "\\y", "\\i", "\\8a\\", "\\xg",
            "\\x{110000}", "\\x{}", "\\u12", "\\0", "\\08", "\\c", "\\k<a>", "\\ka", "\\k<a>(?<a>b)", "\\p", "\\p{}",
            "\\p{Foo}", "\\p{IsFoo}", "\\p{InFoo}", "\\p{L", "\\E", "a\\E", "[\\b]", "[\\1]", "(?<=a)b\\y", "a|*",
            "(?i)*", "(*)", "\\p{sc=}", "\\p{foo=Lu}",
        }, {}},
    };

    static void printRegex(PrintStream out) {
        out.println("# p is a pattern, ! a pattern that does not compile. Of a text there are all matches and the pieces of its split.");
        for (String[][] group : PATTERNS) {
            for (String pattern : group[0]) {
                Pattern p;
                try {
                    p = Pattern.compile(pattern);
                } catch (PatternSyntaxException e) {
                    out.println("! " + quote(pattern));
                    continue;
                }
                out.println("p " + quote(pattern));
                for (String text : group[1]) {
                    StringBuilder b = new StringBuilder("  " + quote(text) + " =>");
                    for (Matcher m = p.matcher(text); m.find(); ) b.append(' ').append(quote(m.group()));
                    b.append(" |");
                    for (String piece : p.split(text)) b.append(' ').append(quote(piece));
                    out.println(b);
                }
            }
        }
    }

    /** Prints a digest of the code points that each pattern of a single class matches. */
    static void printClasses(PrintStream out) {
        out.println("# pattern of one character, digest of the code points that it matches");
        for (String pattern : CLASSES) {
            Matcher m = Pattern.compile(pattern).matcher("");
            digest = 0xCBF29CE484222325L;
            for (int c = 0; c <= 0x10ffff; c++) {
                if (c == 0xd800) c = 0xe000;
                if (m.reset(new String(Character.toChars(c))).matches()) digest = (digest ^ c) * 0x100000001B3L;
            }
            out.printf("%s %016x%n", quote(pattern), digest);
        }
    }

    static final String[] CLASSES = {
        "\\p{ASCII}", "\\p{Alnum}", "\\p{Alpha}", "\\p{Blank}", "\\p{Cntrl}", "\\p{Digit}", "\\p{Graph}", "\\p{Lower}",
        "\\p{Print}", "\\p{Punct}", "\\p{Space}", "\\p{Upper}", "\\p{XDigit}", "\\p{L1}", "\\p{all}", "\\p{Cn}", "\\p{C}",
        "\\p{L}", "\\p{M}", "\\p{N}", "\\p{Z}", "\\p{P}", "\\p{S}", "\\p{LC}", "\\p{LD}", "\\p{Lu}", "\\p{Ll}", "\\p{Lt}",
        "\\p{Lm}", "\\p{Lo}", "\\p{Mn}", "\\p{Me}", "\\p{Mc}", "\\p{Nd}", "\\p{Nl}", "\\p{No}", "\\p{Zs}", "\\p{Zl}",
        "\\p{Zp}", "\\p{Cc}", "\\p{Cf}", "\\p{Co}", "\\p{Cs}", "\\p{Pd}", "\\p{Ps}", "\\p{Pe}", "\\p{Pc}", "\\p{Po}",
        "\\p{Sm}", "\\p{Sc}", "\\p{Sk}", "\\p{So}", "\\p{Pi}", "\\p{Pf}", "\\p{javaLowerCase}", "\\p{javaUpperCase}",
        "\\p{javaTitleCase}", "\\p{javaAlphabetic}", "\\p{javaIdeographic}", "\\p{javaDigit}", "\\p{javaDefined}",
        "\\p{javaLetter}", "\\p{javaLetterOrDigit}", "\\p{javaJavaIdentifierStart}", "\\p{javaJavaIdentifierPart}",
        "\\p{javaUnicodeIdentifierStart}", "\\p{javaUnicodeIdentifierPart}", "\\p{javaIdentifierIgnorable}",
        "\\p{javaSpaceChar}", "\\p{javaWhitespace}", "\\p{javaISOControl}", "\\p{IsAlphabetic}", "\\p{IsLetter}",
        "\\p{IsIdeographic}", "\\p{IsLowercase}", "\\p{IsUppercase}", "\\p{IsTitlecase}", "\\p{IsWhite_Space}",
        "\\p{IsControl}", "\\p{IsPunctuation}", "\\p{IsHex_Digit}", "\\p{IsAssigned}", "\\p{IsNoncharacter_Code_Point}",
        "\\p{IsDigit}", "\\p{IsAlnum}", "\\p{IsBlank}", "\\p{IsGraph}", "\\p{IsPrint}", "\\p{IsWord}", "\\p{IsJoin_Control}",
        "\\p{IsAlpha}", "\\p{IsPunct}", "\\p{IsSpace}", "\\p{IsUpper}", "\\p{IsL}", "\\p{IsLu}", "\\p{gc=Lu}", "\\p{sc=latin}",
        "\\p{IsLatn}", "\\p{IsCommon}", "\\p{IsUnknown}", "\\p{IsHan}", "\\p{InGREEK}", "\\p{InCyrillic}",
        "\\p{InLatin-1Supplement}", "\\p{blk=Basic Latin}", "(?i)\\p{Lower}", "(?i)\\p{Upper}", "(?i)\\p{Lu}", "(?i)\\p{Lt}",
        "(?i)\\p{javaLowerCase}", "(?i)\\p{IsUppercase}", "(?i)\\p{Alpha}", "(?i)\\p{Punct}", "(?i)\\p{Graph}",
        "(?i)\\p{Digit}", "(?i)\\p{L}", "(?U)\\p{Lower}", "(?U)\\p{Upper}", "(?U)\\p{Lu}", "(?U)\\p{Lt}",
        "(?U)\\p{javaLowerCase}", "(?U)\\p{IsUppercase}", "(?U)\\p{Alpha}", "(?U)\\p{Punct}", "(?U)\\p{Graph}",
        "(?U)\\p{Digit}", "(?U)\\p{L}", "\\d", "\\D", "\\h", "\\s", "\\S", "\\v", "\\w", "\\W", "(?U)\\d", "(?U)\\D",
        "(?U)\\h", "(?U)\\s", "(?U)\\S", "(?U)\\v", "(?U)\\w", "(?U)\\W", ".", "(?s).", "(?d).", "\\H", "\\V", "(?iu)[a-z]",
        "(?i)[a-z]", "(?iu)[\u03b1-\u03c9]", "(?iu)[\u00c0-\u00de]", "(?iu)\u00df", "(?iu)[^k]", "(?iu)\u01c5",
        "[^a-z&&[^b-d]]", "[\\w&&[^_]]", "[\\p{L}&&[\\p{IsGreek}]]", "\\p{IsADLAM}", "\\p{IsCAUCASIAN_ALBANIAN}",
        "\\p{IsAHOM}", "\\p{IsARABIC}", "\\p{IsIMPERIAL_ARAMAIC}", "\\p{IsARMENIAN}", "\\p{IsAVESTAN}", "\\p{IsBALINESE}",
        "\\p{IsBAMUM}", "\\p{IsBASSA_VAH}", "\\p{IsBATAK}", "\\p{IsBENGALI}", "\\p{IsBHAIKSUKI}", "\\p{IsBOPOMOFO}",
        "\\p{IsBRAHMI}", "\\p{IsBRAILLE}", "\\p{IsBUGINESE}", "\\p{IsBUHID}", "\\p{IsCHAKMA}", "\\p{IsCANADIAN_ABORIGINAL}",
        "\\p{IsCARIAN}", "\\p{IsCHAM}", "\\p{IsCHEROKEE}", "\\p{IsCHORASMIAN}", "\\p{IsCOPTIC}", "\\p{IsCYPRIOT}",
        "\\p{IsCYRILLIC}", "\\p{IsDEVANAGARI}", "\\p{IsDIVES_AKURU}", "\\p{IsDOGRA}", "\\p{IsDESERET}", "\\p{IsDUPLOYAN}",
        "\\p{IsEGYPTIAN_HIEROGLYPHS}", "\\p{IsELBASAN}", "\\p{IsELYMAIC}", "\\p{IsETHIOPIC}", "\\p{IsGEORGIAN}",
        "\\p{IsGLAGOLITIC}", "\\p{IsGUNJALA_GONDI}", "\\p{IsMASARAM_GONDI}", "\\p{IsGOTHIC}", "\\p{IsGRANTHA}", "\\p{IsGREEK}",
        "\\p{IsGUJARATI}", "\\p{IsGURMUKHI}", "\\p{IsHANGUL}", "\\p{IsHANUNOO}", "\\p{IsHATRAN}", "\\p{IsHEBREW}",
        "\\p{IsHIRAGANA}", "\\p{IsANATOLIAN_HIEROGLYPHS}", "\\p{IsPAHAWH_HMONG}", "\\p{IsNYIAKENG_PUACHUE_HMONG}",
        "\\p{IsOLD_HUNGARIAN}", "\\p{IsOLD_ITALIC}", "\\p{IsJAVANESE}", "\\p{IsKAYAH_LI}", "\\p{IsKATAKANA}",
        "\\p{IsKHAROSHTHI}", "\\p{IsKHMER}", "\\p{IsKHOJKI}", "\\p{IsKHITAN_SMALL_SCRIPT}", "\\p{IsKANNADA}", "\\p{IsKAITHI}",
        "\\p{IsTAI_THAM}", "\\p{IsLAO}", "\\p{IsLATIN}", "\\p{IsLEPCHA}", "\\p{IsLIMBU}", "\\p{IsLINEAR_A}", "\\p{IsLINEAR_B}",
        "\\p{IsLISU}", "\\p{IsLYCIAN}", "\\p{IsLYDIAN}", "\\p{IsMAHAJANI}", "\\p{IsMAKASAR}", "\\p{IsMANDAIC}",
        "\\p{IsMANICHAEAN}", "\\p{IsMARCHEN}", "\\p{IsMEDEFAIDRIN}", "\\p{IsMENDE_KIKAKUI}", "\\p{IsMEROITIC_CURSIVE}",
        "\\p{IsMEROITIC_HIEROGLYPHS}", "\\p{IsMIAO}", "\\p{IsMALAYALAM}", "\\p{IsMODI}", "\\p{IsMONGOLIAN}", "\\p{IsMRO}",
        "\\p{IsMEETEI_MAYEK}", "\\p{IsMULTANI}", "\\p{IsMYANMAR}", "\\p{IsNANDINAGARI}", "\\p{IsOLD_NORTH_ARABIAN}",
        "\\p{IsNABATAEAN}", "\\p{IsNEWA}", "\\p{IsNKO}", "\\p{IsNUSHU}", "\\p{IsOGHAM}", "\\p{IsOL_CHIKI}",
        "\\p{IsOLD_TURKIC}", "\\p{IsORIYA}", "\\p{IsOSAGE}", "\\p{IsOSMANYA}", "\\p{IsPALMYRENE}", "\\p{IsPAU_CIN_HAU}",
        "\\p{IsOLD_PERMIC}", "\\p{IsPHAGS_PA}", "\\p{IsINSCRIPTIONAL_PAHLAVI}", "\\p{IsPSALTER_PAHLAVI}", "\\p{IsPHOENICIAN}",
        "\\p{IsMIAO}", "\\p{IsINSCRIPTIONAL_PARTHIAN}", "\\p{IsREJANG}", "\\p{IsHANIFI_ROHINGYA}", "\\p{IsRUNIC}",
        "\\p{IsSAMARITAN}", "\\p{IsOLD_SOUTH_ARABIAN}", "\\p{IsSAURASHTRA}", "\\p{IsSIGNWRITING}", "\\p{IsSHAVIAN}",
        "\\p{IsSHARADA}", "\\p{IsSIDDHAM}", "\\p{IsKHUDAWADI}", "\\p{IsSINHALA}", "\\p{IsSOGDIAN}", "\\p{IsOLD_SOGDIAN}",
        "\\p{IsSORA_SOMPENG}", "\\p{IsSOYOMBO}", "\\p{IsSUNDANESE}", "\\p{IsSYLOTI_NAGRI}", "\\p{IsSYRIAC}", "\\p{IsTAGBANWA}",
        "\\p{IsTAKRI}", "\\p{IsTAI_LE}", "\\p{IsNEW_TAI_LUE}", "\\p{IsTAMIL}", "\\p{IsTANGUT}", "\\p{IsTAI_VIET}",
        "\\p{IsTELUGU}", "\\p{IsTIFINAGH}", "\\p{IsTAGALOG}", "\\p{IsTHAANA}", "\\p{IsTHAI}", "\\p{IsTIBETAN}",
        "\\p{IsTIRHUTA}", "\\p{IsUGARITIC}", "\\p{IsVAI}", "\\p{IsWARANG_CITI}", "\\p{IsWANCHO}", "\\p{IsOLD_PERSIAN}",
        "\\p{IsCUNEIFORM}", "\\p{IsYEZIDI}", "\\p{IsYI}", "\\p{IsZANABAZAR_SQUARE}", "\\p{IsINHERITED}",
    };

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        switch (args[0]) {
            case "digests": printDigests(out); break;
            case "regex": printRegex(out); break;
            case "classes": printClasses(out); break;
            case "assigned": printAssigned(out); break;
            case "lower-digests": printLowerDigests(out); break;
            case "parse-digests": printParseDigests(out); break;
            case "numerals": printNumerals(out); break;
            default: throw new IllegalArgumentException(args[0]);
        }
        out.flush();
    }
}
