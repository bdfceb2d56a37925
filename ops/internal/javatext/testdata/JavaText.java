// Prints what the tests of package javatext expect: java JavaText.java <what>,
// with JDK 17. The streams are those of javatext_test.go.

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

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

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        switch (args[0]) {
            case "digests": printDigests(out); break;
            default: throw new IllegalArgumentException(args[0]);
        }
        out.flush();
    }
}
