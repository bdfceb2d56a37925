import dev.ludovic.netlib.lapack.JavaLAPACK;
import dev.ludovic.netlib.lapack.LAPACK;
import org.netlib.util.intW;

/**
 * Prints what the JVM's dsyev answers for the matrices that dsyev_test.go makes.
 *
 * <p>Without arguments it prints one line for each matrix: kind, order, and the FNV-1a digest of
 * the bits of the eigenvalues and then of the eigenvectors, or the info code if dsyev fails. With
 * the argument "values" it prints the bits themselves for a few small matrices.
 *
 * <p>The output of the two forms is kept in dsyev_digests.txt and dsyev_values.txt.
 *
 * <p>Class path: dev.ludovic.netlib:lapack:3.0.4, net.sourceforge.f2j:arpack_combined_all:0.1.
 */
public class EigenFixtures {
  static final String[] KINDS = {
    "covariance", "singular", "diagonal", "repeated", "constant", "graded", "gradedup", "sparse",
    "chain", "huge", "tiny", "subnormal", "zero"
  };

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

  static double[] covariance(int n, int rows) {
    double[] x = new double[rows * n];
    for (int i = 0; i < x.length; i++) {
      x[i] = next();
    }
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double s = 0;
        for (int r = 0; r < rows; r++) {
          s += x[r * n + i] * x[r * n + j];
        }
        a[j * n + i] = s / rows;
      }
    }
    return a;
  }

  static double[] scaled(double[] a, double f) {
    for (int i = 0; i < a.length; i++) {
      a[i] *= f;
    }
    return a;
  }

  static double[] matrix(String kind, int n) {
    state = 1000 * n + kind.length();
    double[] a = new double[n * n];
    switch (kind) {
      case "covariance":
        return covariance(n, n + 3);
      case "singular":
        return covariance(n, (n + 1) / 2);
      case "huge":
        return scaled(covariance(n, n + 3), 1e300);
      case "tiny":
        return scaled(covariance(n, n + 3), 1e-200);
      case "subnormal":
        return scaled(covariance(n, n + 3), 1e-310);
      case "diagonal":
        for (int i = 0; i < n; i++) {
          a[i * n + i] = next();
        }
        return a;
      case "repeated":
        a = covariance(n, 1);
        for (int i = 0; i < n; i++) {
          a[i * n + i] += 2;
        }
        return a;
      case "constant":
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            a[j * n + i] = i == j ? 1 : 0.5;
          }
        }
        return a;
      case "graded":
      case "gradedup":
        a = covariance(n, n + 3);
        for (int i = 0; i < n; i++) {
          double f = 1;
          for (int k = 0; k < (kind.equals("graded") ? i : n - 1 - i); k++) {
            f *= 0.125;
          }
          for (int j = 0; j < n; j++) {
            a[j * n + i] *= f;
            a[i * n + j] *= f;
          }
        }
        return a;
      case "sparse":
        for (int i = 0; i < n; i++) {
          a[i * n + i] = next();
          int j = (i + 2) % n;
          a[i * n + j] = a[j * n + i] = next();
        }
        return a;
      case "chain":
        for (int i = 0; i < n; i++) {
          a[i * n + i] = 2;
          if (i > 0) {
            a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
          }
        }
        return a;
      default:
        return a;
    }
  }

  static int dsyev(int n, double[] a, double[] w) {
    LAPACK lapack = JavaLAPACK.getInstance();
    double[] work = new double[Math.max(1, 3 * n - 1)];
    intW info = new intW(0);
    lapack.dsyev("V", "L", n, a, Math.max(1, n), w, work, work.length, info);
    return info.val;
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

  public static void main(String[] args) {
    boolean values = args.length > 0 && args[0].equals("values");
    for (String kind : KINDS) {
      for (int n = 1; n <= 200; n++) {
        if (values ? n > 4 : n > 64 && n != 100 && n != 200) {
          continue;
        }
        double[] a = matrix(kind, n);
        double[] w = new double[n];
        int info = dsyev(n, a, w);
        if (info != 0) {
          System.out.println(kind + " " + n + " info=" + info);
        } else if (values) {
          System.out.println(kind + " " + n + " |" + hex(w) + " |" + hex(a));
        } else {
          long h = digest(digest(0xcbf29ce484222325L, w), a);
          System.out.println(kind + " " + n + " " + String.format("%016x", h));
        }
      }
    }
  }
}
