import breeze.stats.distributions.Gamma;
import breeze.stats.distributions.RandBasis;
import breeze.stats.distributions.RandBasis$;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.special.Erf;
import org.apache.commons.math3.util.FastMath;

/**
 * Writes commonsmath.txt: digests of what the reference classes compute for the
 * arguments that commonsmath_test.go makes the same way. Each line is a
 * function, a kind of arguments, the number of a block of 8192 of them, and the
 * digest of the results.
 *
 * Class path: org.apache.commons:commons-math3:3.6.1 and org.scalanlp:breeze_2.13:2.1.0
 * with its dependencies (Spark's jars directory has all). JDK 17 on x86-64:
 *
 *   java -cp 'jars/*' CommonsMath.java > commonsmath.txt
 */
public class CommonsMath {
  static final int BLOCK = 8192, BLOCKS = 25;

  static long state;

  /** splitmix64 */
  static long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  static final double[] SPECIAL = {
    0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1.0, -1.0, 0.5, -0.5, 1.5,
    0x1.3988e1409212ep0, 40.0, -40.0, 0x1.4000000000001p5, -0x1.4000000000001p5, 48.0, 49.0,
    0x1.87fffffffffffp5, 0.00001, 0x1.4f8b588e368f1p-17, Double.MIN_VALUE, Double.MAX_VALUE, 0.99, 1.01,
    0x1.028f5c28f5c28p0, 0x1.fae147ae147afp-1, -709.0, -710.0, -708.5, -709.5, -746.0, -745.5, 709.0,
    709.78271289338397, 709.9, 710.0, 0x1p-1022, 0x0.fffffffffffffp-1022, 1.0e300
  };

  static double unit() {
    return (next() >>> 11) * 0x1p-53;
  }

  static double argument(String kind) {
    switch (kind) {
      case "special": return SPECIAL[(int) ((next() >>> 1) % SPECIAL.length)];
      case "bits": return Double.longBitsToDouble(next());
      case "unit": return unit();
      case "nearone": return 0.985 + unit() * 0.03;
      case "subnormal": return Double.longBitsToDouble(next() >>> 12);
      case "circle": return unit() * 2 * Math.PI;
      case "angle": return unit() * 3294198;
      case "sixty": return unit() * 60;
      case "ten": return unit() * 20 - 10;
      case "forty": return unit() * 84 - 42;
      case "exponent": return unit() * 1470 - 755;
      case "negative": return -unit() * 100;
      case "tiny": return unit() * Math.scalb(1.0, -(int) (next() >>> 54));
      default: throw new IllegalArgumentException(kind);
    }
  }

  static void print(String name, String kind, DoubleUnaryOperator f) {
    for (int block = 0; block < BLOCKS; block++) {
      state = block;
      long h = 0xCBF29CE484222325L;
      for (int i = 0; i < BLOCK; i++) {
        h = (h ^ Double.doubleToLongBits(f.applyAsDouble(argument(kind)))) * 0x100000001B3L;
      }
      System.out.printf("%s %s %d %016x%n", name, kind, block, h);
    }
  }

  static void draws(String name, int number, int count, DoubleSupplier next) {
    long h = 0xCBF29CE484222325L;
    for (int i = 0; i < count; i++) h = (h ^ Double.doubleToLongBits(next.getAsDouble())) * 0x100000001B3L;
    System.out.printf("%s draws %d %016x%n", name, number, h);
  }

  public static void main(String[] args) {
    for (String kind : new String[] {"special", "bits", "unit", "nearone", "subnormal", "sixty"}) print("log", kind, FastMath::log);
    for (String kind : new String[] {"special", "bits", "unit", "exponent"}) print("exp", kind, FastMath::exp);
    for (String kind : new String[] {"circle", "unit", "angle", "tiny"}) {
      print("sin", kind, FastMath::sin);
      print("cos", kind, FastMath::cos);
    }
    for (String kind : new String[] {"special", "bits", "ten", "forty", "tiny"}) print("erf", kind, Erf::erf);
    for (String kind : new String[] {"special", "unit", "sixty", "tiny", "negative"}) {
      print("digamma", kind, org.apache.commons.math3.special.Gamma::digamma);
    }
    for (int seed : new int[] {0, 1, -1, 42, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      MersenneTwister a = new MersenneTwister(seed), b = new MersenneTwister(seed);
      draws("uniform", seed, 100_000, a::nextDouble);
      draws("gaussian", seed, 200_000, b::nextGaussian);
    }
    RandBasis mt0 = RandBasis$.MODULE$.mt0();
    Gamma lda = new Gamma(100, 1.0 / 100, mt0);
    draws("gamma", 100, 200_000, lda::draw);
    for (int shape : new int[] {2, 3, 10, 1000}) {
      Gamma g = new Gamma(shape, 1.0 / shape, RandBasis$.MODULE$.mt0());
      draws("gamma", shape, 50_000, g::draw);
    }
  }
}
