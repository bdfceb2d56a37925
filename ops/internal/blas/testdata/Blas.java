import dev.ludovic.netlib.blas.JavaBLAS;
import org.apache.spark.ml.linalg.BLAS$;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors$;

/**
 * Writes blas.txt: what the reference classes compute for the inputs that
 * blas_test.go makes the same way. Each line is a call and a digest of its bits.
 *
 * Class path: dev.ludovic.netlib:blas:3.0.4, org.apache.spark:spark-mllib-local_2.13:4.1.2
 * and their dependencies (Spark's jars directory has all). JDK 17, no native BLAS:
 *
 *   java -cp 'jars/*' Blas.java > blas.txt
 */
public class Blas {
  static final dev.ludovic.netlib.blas.BLAS netlib = JavaBLAS.getInstance();
  static final BLAS$ spark = BLAS$.MODULE$;
  static final Vectors$ vectors = Vectors$.MODULE$;

  static long state;

  static void seed(long... parts) {
    state = 0;
    for (long p : parts) {
      state = (state ^ p) * 0x9E3779B97F4A7C15L;
      next();
    }
  }

  /** splitmix64 */
  static long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  static final double[] SPECIAL = {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE, -Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, 1.0, -1.0};

  /** kind 0: [-1,1); 1: exponents from -30 to 33; 2: one in 16 special; 3: products that underflow. */
  static double value(int kind) {
    double u = (next() >>> 11) * 0x1p-52 - 1.0;
    switch (kind) {
      case 1: return u * Math.scalb(1.0, (int) (next() >>> 58) - 30);
      case 2: return (next() >>> 60) == 0 ? SPECIAL[(int) ((next() >>> 1) % SPECIAL.length)] : u;
      case 3: return u * 0x1p-537;
      default: return u;
    }
  }

  static double[] dense(int n, int kind) {
    double[] x = new double[n];
    for (int i = 0; i < n; i++) x[i] = value(kind);
    return x;
  }

  static float[] floats(int n, int kind) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) x[i] = kind == 3 ? (float) (value(0) * 0x1p-70) : (float) value(kind);
    return x;
  }

  static SparseVector sparse(int n, int kind) {
    int[] index = new int[n];
    double[] vals = new double[n];
    int nnz = 0;
    for (int i = 0; i < n; i++) {
      if ((next() >>> 62) == 0) {
        index[nnz] = i;
        vals[nnz++] = value(kind);
      }
    }
    return new SparseVector(n, java.util.Arrays.copyOf(index, nnz), java.util.Arrays.copyOf(vals, nnz));
  }

  /** FNV-1a over canonical bits, 64 bits at a time */
  static long digest(double... x) {
    long h = 0xCBF29CE484222325L;
    for (double v : x) h = (h ^ Double.doubleToLongBits(v)) * 0x100000001B3L;
    return h;
  }

  static void print(String name, double... x) {
    System.out.printf("%s %016x%n", name, digest(x));
  }

  /** Calls of one size, each over all four kinds of values. */
  static void level1(int n) {
    java.util.Map<String, java.util.List<double[]>> all = new java.util.LinkedHashMap<>();
    for (int kind = 0; kind < 4; kind++) {
      level1(n, kind, (name, out) -> all.computeIfAbsent(name, k -> new java.util.ArrayList<>()).add(out));
    }
    all.forEach((name, outs) -> print(name + " " + n, outs.stream().flatMapToDouble(java.util.Arrays::stream).toArray()));
  }

  static void level1(int n, int kind, java.util.function.BiConsumer<String, double[]> to) {
    seed(1, n, kind);
    double[] x = dense(n, kind), y = dense(n, kind);
    float[] fx = floats(n, kind), fy = floats(n, kind);
    SparseVector sx = sparse(n, kind), sy = sparse(n, kind);
    DenseVector dx = new DenseVector(x), dy = new DenseVector(y);
    to.accept("dot", new double[] {spark.dot(dx, dy)});
    to.accept("sdot", new double[] {netlib.sdot(n, fx, 1, fy, 1)});
    to.accept("dotsparse", new double[] {spark.dot(sx, dy), spark.dot(dy, sx)});
    to.accept("dotsparsesparse", new double[] {spark.dot(sx, sy)});
    double a = new double[] {0, 1, -1, 0.3}[n % 4];
    Vector z = dy.copy();
    spark.axpy(a, dx, z);
    to.accept("axpy", z.toArray());
    z = dy.copy();
    spark.axpy(a, sx, z);
    to.accept("axpysparse", z.toArray());
    z = dy.copy();
    spark.scal(a, z);
    to.accept("scal", z.toArray());
    to.accept("norm1", new double[] {vectors.norm(dx, 1), vectors.norm(sx, 1)});
    to.accept("norm2", new double[] {vectors.norm(dx, 2), vectors.norm(sx, 2)});
    double inf = Double.POSITIVE_INFINITY;
    to.accept("norminf", new double[] {vectors.norm(dx, inf), vectors.norm(sx, inf)});
    to.accept("sqdist", new double[] {vectors.sqdist((Vector) dx, dy)});
    to.accept("sqdistsparse", new double[] {vectors.sqdist((Vector) sx, dy), vectors.sqdist((Vector) dy, sx)});
    to.accept("sqdistsparsesparse", new double[] {vectors.sqdist((Vector) sx, sy)});
  }

  static void gemv(int m, int n, int kind, double alpha, double beta) {
    String at = " " + m + " " + n + " " + kind + " " + alpha + " " + beta;
    seed(2, m, n, kind);
    double[] a = dense(m * n, kind), x = dense(n, kind), y = dense(m, kind);
    SparseVector sx = sparse(n, kind), sy = sparse(m, kind);
    // beta 0 would multiply what y holds in the sparse forms: callers pass zeros
    double[] zx = beta == 0 ? new double[n] : x, zy = beta == 0 ? new double[m] : y;
    double[] out = zy.clone();
    spark.gemv(alpha, new DenseMatrix(m, n, a), new DenseVector(x), beta, new DenseVector(out));
    print("gemvn" + at, out);
    out = zy.clone();
    spark.gemv(alpha, new DenseMatrix(m, n, a), sx, beta, new DenseVector(out));
    print("gemvnsparse" + at, out);
    out = zx.clone();
    spark.gemv(alpha, new DenseMatrix(m, n, a).transpose(), new DenseVector(y), beta, new DenseVector(out));
    print("gemvt" + at, out);
    out = zx.clone();
    spark.gemv(alpha, new DenseMatrix(m, n, a).transpose(), sy, beta, new DenseVector(out));
    print("gemvtsparse" + at, out);
    if (alpha == 1 && beta == 0) { // PcaModel's product
      var row = org.apache.spark.ml.linalg.Matrices.sparse(m, 1, new int[] {0, sy.indices().length}, sy.indices(), sy.values());
      print("pca" + at, ((org.apache.spark.ml.linalg.SparseMatrix) row.transpose()).multiply(new DenseMatrix(m, n, a)).values());
    }
  }

  static void gemm(int m, int n, int k, int kind, double alpha, double beta) {
    seed(3, m, n, k, kind);
    double[] a = dense(m * k, kind), b = dense(k * n, kind), c = dense(m * n, kind);
    netlib.dgemm("N", "N", m, n, k, alpha, a, m, b, k, beta, c, m);
    print("gemm " + m + " " + n + " " + k + " " + kind + " " + alpha + " " + beta, c);
  }

  public static void main(String[] args) {
    if (!netlib.getClass().getSimpleName().equals("Java11BLAS")) throw new IllegalStateException(netlib.getClass().getName());
    int[] sizes = new int[53];
    for (int i = 0; i < 40; i++) sizes[i] = i + 1;
    System.arraycopy(new int[] {255, 256, 257, 258, 259, 260, 511, 512, 513, 999, 1000, 1001, 1027}, 0, sizes, 40, 13);
    for (int n : sizes) level1(n);
    double[][] factors = {{1, 0}, {1, 1}, {-1, 1}, {0.3, -0.7}, {0.3, 0}, {0, 0.5}};
    int[] dims = {1, 2, 3, 4, 5, 7, 8, 9, 17, 257};
    for (int m : dims) for (int n : dims) {
      if (m * n > 5000) continue;
      gemv(m, n, (m + n) % 4, 1, 1);
      double[] f = factors[(m * 3 + n) % factors.length];
      gemv(m, n, 1, f[0], f[1]);
      gemv(m, n, 2, 1, 0);
    }
    for (int m = 1; m <= 13; m++) for (int n = 1; n <= 7; n++) for (int k = 1; k <= 5; k++) {
      double[] f = factors[(m + n + k) % factors.length];
      gemm(m, n, k, (m + n) % 4, f[0], f[1]);
    }
    int[][] shapes = {{2000, 1, 499}, {2000, 1, 500}, {2000, 1, 501}, {2000, 1, 600}, {1999, 1, 500}, {61, 1, 16394},
      {10, 1, 100000}, {3, 1, 333334}, {1, 1, 1000000}, {1, 1, 1000003}, {60, 33, 505}, {61, 33, 505}, {62, 34, 1003},
      {7, 1003, 200}, {100, 100, 100}, {100, 100, 99}, {121, 4, 2500}, {5, 2, 100001}};
    for (int[] s : shapes) {
      gemm(s[0], s[1], s[2], 1, 1, 1);
      gemm(s[0], s[1], s[2], 1, 0.3, -0.7);
      gemm(s[0], s[1], s[2], 1, 1, 0);
    }
  }
}
