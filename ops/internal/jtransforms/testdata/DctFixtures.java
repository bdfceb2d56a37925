import edu.emory.mathcs.jtransforms.dct.DoubleDCT_1D;

/**
 * Prints what the JVM's DoubleDCT_1D answers for the vectors that dct_test.go makes.
 *
 * <p>Without arguments it prints one line for each length: the length, and the FNV-1a digests of
 * the bits of the forward and of the inverse transforms of several vectors. With the argument
 * "values" it prints the bits themselves of the transforms of one vector for a few lengths.
 *
 * <p>The output of the two forms is kept in dct_digests.txt and dct_values.txt.
 *
 * <p>Class path: com.github.rwl:jtransforms:2.4.0.
 */
public class DctFixtures {
  static final int[] LARGE = {
    500, 512, 997, 1000, 1024, 2000, 2048, 2310, 4096, 8192, 10007, 16384, 20000, 65536, 100003,
    131072
  };

  static final String[] KINDS = {"random", "steps", "holes", "unit", "negated"};

  static long state;

  /** SplitMix64, then a double in [-1, 1). */
  static double next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z = z ^ (z >>> 31);
    return (z >>> 11) * 0x1p-52 - 1;
  }

  static double[] vector(String kind, int n) {
    state = 1000L * n + kind.length();
    double[] a = new double[n];
    for (int i = 0; i < n; i++) {
      switch (kind) {
        case "random":
          a[i] = next();
          break;
        case "steps":
          a[i] = i % 7 - 3;
          break;
        case "holes":
          double x = next();
          a[i] = x < 0 ? 0 : x < 0.5 ? -0.0 : x;
          break;
        case "unit":
          a[i] = i == n / 2 ? 1 : 0;
          break;
        case "negated":
          a[i] = i == n / 3 ? 2 : -0.0;
          break;
      }
    }
    return a;
  }

  static long digest(long h, double[] x) {
    for (double v : x) {
      long bits = Double.doubleToRawLongBits(v);
      for (int k = 0; k < 8; k++) {
        h = (h ^ (bits >>> (8 * k) & 0xff)) * 0x100000001b3L;
      }
    }
    return h;
  }

  static String hex(double[] x) {
    StringBuilder b = new StringBuilder();
    for (double v : x) {
      b.append(' ').append(String.format("%016x", Double.doubleToRawLongBits(v)));
    }
    return b.toString();
  }

  static void digests(int n) {
    DoubleDCT_1D dct = new DoubleDCT_1D(n);
    long f = 0xcbf29ce484222325L;
    long g = f;
    for (String kind : KINDS) {
      double[] a = vector(kind, n);
      dct.forward(a, true);
      f = digest(f, a);
      a = vector(kind, n);
      dct.inverse(a, true);
      g = digest(g, a);
    }
    System.out.println(n + String.format(" %016x %016x", f, g));
  }

  static void values(int n) {
    DoubleDCT_1D dct = new DoubleDCT_1D(n);
    double[] a = vector("random", n);
    dct.forward(a, true);
    double[] b = vector("random", n);
    dct.inverse(b, true);
    System.out.println(n + " |" + hex(a) + " |" + hex(b));
  }

  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("values")) {
      for (int n = 1; n <= 16; n++) {
        values(n);
      }
      return;
    }
    for (int n = 1; n <= 300; n++) {
      digests(n);
    }
    for (int n : LARGE) {
      digests(n);
    }
    System.exit(0);
  }
}
