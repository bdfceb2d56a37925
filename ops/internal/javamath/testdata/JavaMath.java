import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Prints what this JVM's java.lang.Math answers, for the Go tests beside it:
 *
 *   java testdata/JavaMath.java testdata
 *
 * writes digests.txt (a digest of each 65,536 results for a deterministic stream of
 * arguments), samples.txt (the first results of each stream) and edges.txt (special
 * arguments). A line is a function's name, its arguments and its result, as the bits of
 * doubles in hexadecimal with one NaN only; results that are integers stand as they are.
 * The files in the directory are those of OpenJDK 17.0.15 on an AMD EPYC (Zen 4); they are
 * the same with -Xint.
 */
public final class JavaMath {
    static final int BLOCK = 65536, BLOCKS = 16, SAMPLES = 200;

    interface F1 { double of(double x); }

    interface F2 { double of(double x, double y); }

    interface F3 { double of(double x, double y, double z); }

    interface I1 { long of(double x); }

    interface I2 { long of(double x, double y); }

    /** A function of up to three arguments; its result as bits. */
    record Function(String name, int arity, boolean digested, Bits bits) { }

    interface Bits { long of(double x, double y, double z); }

    static final List<Function> FUNCTIONS = new ArrayList<>();

    static void f1(String name, boolean digested, F1 f) {
        FUNCTIONS.add(new Function(name, 1, digested, (x, y, z) -> Double.doubleToLongBits(f.of(x))));
    }

    static void i1(String name, boolean digested, I1 f) {
        FUNCTIONS.add(new Function(name, 1, digested, (x, y, z) -> f.of(x)));
    }

    static void f2(String name, boolean digested, F2 f) {
        FUNCTIONS.add(new Function(name, 2, digested, (x, y, z) -> Double.doubleToLongBits(f.of(x, y))));
    }

    static void i2(String name, boolean digested, I2 f) {
        FUNCTIONS.add(new Function(name, 2, digested, (x, y, z) -> f.of(x, y)));
    }

    static void f3(String name, boolean digested, F3 f) {
        FUNCTIONS.add(new Function(name, 3, digested, (x, y, z) -> Double.doubleToLongBits(f.of(x, y, z))));
    }

    static {
        f1("exp", true, Math::exp);
        f1("log", true, Math::log);
        f1("log10", true, Math::log10);
        f2("pow", true, Math::pow);
        f1("sin", true, Math::sin);
        f1("cos", true, Math::cos);
        f1("tan", true, Math::tan);
        f1("log1p", true, Math::log1p);
        f1("rint", true, Math::rint);
        i1("round", true, x -> Math.round(x));
        i1("roundf", true, x -> Math.round((float) x));
        f2("rem", true, (x, y) -> x % y);
        f2("remf", true, (x, y) -> (float) x % (float) y);
        f3("fma32", true, (x, y, z) -> Math.fma((float) x, (float) y, (float) z));
        f1("signum", false, Math::signum);
        f2("min", false, Math::min);
        f2("max", false, Math::max);
        f2("minf", false, (x, y) -> Math.min((float) x, (float) y));
        f2("maxf", false, (x, y) -> Math.max((float) x, (float) y));
        i2("compare", false, Double::compare);
        i2("comparef", false, (x, y) -> Float.compare((float) x, (float) y));
        i1("d2i", false, x -> (int) x);
        i1("d2l", false, x -> (long) x);
        i1("d2s", false, x -> (short) x);
        i1("d2b", false, x -> (byte) x);
        i1("f2i", false, x -> (int) (float) x);
        i1("f2l", false, x -> (long) (float) x);
        i1("f2s", false, x -> (short) (float) x);
        i1("f2b", false, x -> (byte) (float) x);
        i1("l2i", false, x -> (int) Double.doubleToLongBits(x));
        i1("l2s", false, x -> (short) Double.doubleToLongBits(x));
        i1("l2b", false, x -> (byte) Double.doubleToLongBits(x));
        double[] sorted = {Double.NEGATIVE_INFINITY, -2, -0.0, -0.0, 0.0, 0.0, 0.0, 1, 1, 1, 5,
            Double.POSITIVE_INFINITY, Double.NaN, Double.NaN};
        i1("search", false, x -> Arrays.binarySearch(sorted, x));
    }

    static long state;

    /** The next number of splitmix64. */
    static long next() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The next argument, of a kind that i chooses: any bits, or numbers of some range. */
    static double argument(int i) {
        long word = next();
        double unit = (next() >>> 11) * 0x1p-53;
        double power = Double.longBitsToDouble(((word & 127) + 1023 - 96) << 52);
        switch (i & 7) {
            case 0: return Double.longBitsToDouble(word);
            case 1: return unit * 1500 - 750;
            case 2: return unit * 1000;
            case 3: return unit * 20 - 10;
            case 4: return 1 + (unit - 0.5) * 0.125;
            case 5: return unit * 2e6 - 1e6;
            case 6: return (unit * 2 - 1) * power;
            default: return (word & 63) * 0.5 - 16;
        }
    }

    static String hex(long bits) {
        return String.format("%016x", bits);
    }

    static String line(Function f, double x, double y, double z) {
        StringBuilder line = new StringBuilder(f.name);
        double[] arguments = {x, y, z};
        for (int i = 0; i < f.arity; i++) {
            line.append(' ').append(hex(Double.doubleToLongBits(arguments[i])));
        }
        return line.append(' ').append(hex(f.bits.of(x, y, z))).toString();
    }

    static void digests(Function f, PrintStream digests, PrintStream samples) throws Exception {
        state = 42;
        ByteBuffer results = ByteBuffer.allocate(8 * BLOCK);
        for (int block = 0; block < BLOCKS; block++) {
            results.clear();
            for (int i = 0; i < BLOCK; i++) {
                double x = argument(i), y = argument(i >> 3), z = argument(i >> 6);
                results.putLong(f.bits.of(x, y, z));
                if (block == 0 && i < SAMPLES) {
                    samples.println(line(f, x, y, z));
                }
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(results.array());
            digests.println(f.name + " " + block + " " + HexFormat.of().formatHex(digest, 0, 16));
        }
    }

    static final double[] EDGES = {
        0, 0x1p-1074, 0x1p-1060, 0x0.fffffffffffffp-1022, 0x1p-1022, 0x1p-600, 0x1.fffffffffffffp-253, 0x1p-252, 0x1p-54,
        0x1p-29, 1e-5, 0.1015624, 0.1015625, 0.25, 0.2928, 0.29289, 0.2929, 0.4142, 0.41421353, 0.41421354, 0.4143,
        0x1.fffffffffffffp-2, 0.5, 0x1.0000000000001p-1, 0.75, 0x1.effffffffffffp-1, 0.96875, 0x1.fffffffffffffp-1, 1,
        0x1.0000000000001p0, 1.0000001, 0x1.0ffffffffffffp0, 1.0625, 1.5, Math.PI / 2, 2, 2.5, Math.E, 3, 3.0000001,
        Math.PI, 7, 10, 100, 127.5, 128, 255, 256, 708.3964185322641, 709.782712893384, 709.7827128933841,
        745.1332191019411, 745.1332191019412, 746, 1000, 1023, 1024, 1074, 1075, 4095, 4096, 32767.5, 32768, 65536,
        90111.99, 90112, 1e5, 1e10, 0x1p31 - 1, 0x1p31 - 0.5, 0x1p31, 0x1p51 + 0.5, 0x1p51 + 1, 0x1p52 - 0.5, 0x1p52,
        0x1p52 + 1, 0x1p53 - 1, 0x1p53, 0x1p53 + 2, 0x1.fffffffffffffp62, 0x1p63, 1e22, 3.4e38, 3.5e38,
        0x1.6ac5b262ca1ffp849, 1e300, Double.MAX_VALUE, Double.POSITIVE_INFINITY,
    };

    static final double[] FEW = {
        0, 1, 0x1.001p0, 3, Double.POSITIVE_INFINITY, 0x1p-149, 3.4e38,
    };

    static final double[] POWERS = {
        0, 0.5, 1, 1.5, 2, 3, Double.POSITIVE_INFINITY, Double.MIN_VALUE, Double.MAX_VALUE, 0x1p51 + 0.5, 0x1p51 + 1,
        0x1p52 + 1, 0x1p53 - 1, 0x1p53, 0x1.0000000000001p0, 0x1.fffffffffffffp-1, 0.9661, 17908, 1e300, 1e-300, 1074, 1075,
    };

    /** The numbers, their negatives and NaN. */
    static double[] signed(double[] numbers) {
        double[] all = new double[2 * numbers.length + 1];
        for (int i = 0; i < numbers.length; i++) {
            all[2 * i] = numbers[i];
            all[2 * i + 1] = -numbers[i];
        }
        all[2 * numbers.length] = Double.NaN;
        return all;
    }

    static void edges(Function f, PrintStream out) {
        if (f.arity == 1) {
            for (double x : signed(EDGES)) {
                out.println(line(f, x, 0, 0));
            }
            return;
        }
        double[] arguments = signed(f.name.equals("pow") ? POWERS : FEW);
        for (double x : arguments) {
            for (double y : arguments) {
                if (f.arity == 2) {
                    out.println(line(f, x, y, 0));
                    continue;
                }
                for (double z : new double[] {-0.0, 0x1p-60, -0x1p-60, Double.NEGATIVE_INFINITY}) {
                    out.println(line(f, x, y, z));
                }
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        try (PrintStream digests = new PrintStream(dir.resolve("digests.txt").toFile());
             PrintStream samples = new PrintStream(dir.resolve("samples.txt").toFile());
             PrintStream edges = new PrintStream(dir.resolve("edges.txt").toFile())) {
            for (Function f : FUNCTIONS) {
                if (f.digested) {
                    digests(f, digests, samples);
                }
                edges(f, edges);
            }
        }
    }
}
