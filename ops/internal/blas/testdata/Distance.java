import ml.combust.mleap.core.linalg.LinalgUtils;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors$;

/**
 * Writes distance.txt: LinalgUtils.fastSquaredDistance for the inputs that
 * distance_test.go makes the same way. Each line is a size, a distance from x to
 * y as a power of two, and a digest of the dense, sparse-dense and sparse-sparse
 * results.
 *
 * Class path: Blas.java's and ml.combust.mleap:mleap-core_2.13:0.25.2. JDK 17, no
 * native BLAS. Compile with Blas.java, then: java -cp ... Distance > distance.txt
 */
public class Distance extends Blas {
  static double distance(Vector x, Vector y) {
    Vectors$ v = Vectors$.MODULE$;
    return LinalgUtils.fastSquaredDistance(x, v.norm(x, 2), y, v.norm(y, 2), 1e-6);
  }

  public static void main(String[] args) {
    for (int n = 1; n <= 40; n++) {
      for (int away = -60; away <= 4; away += 4) {
        seed(6, n, away);
        double[] x = dense(n, 0), y = x.clone();
        SparseVector sx = sparse(n, 0), sy = sparse(n, 0);
        for (int i = 0; i < n; i++) y[i] += Math.scalb(value(0), away);
        double[] sxDense = sx.toArray(), moved = sxDense.clone(), vals = sx.values().clone();
        for (int i = 0; i < n; i++) moved[i] += Math.scalb(value(0), away);
        for (int i = 0; i < vals.length; i++) vals[i] += Math.scalb(value(0), away);
        DenseVector dx = new DenseVector(x), dy = new DenseVector(y), dm = new DenseVector(moved);
        SparseVector sv = new SparseVector(n, sx.indices(), vals);
        print(n + " " + away, distance(dx, dy), distance(dx, dx), distance(dx, sx), distance(sx, dx), distance(dm, sx),
          distance(new DenseVector(sxDense), sx), distance(sx, sy), distance(sv, sx), distance(sx, sx));
      }
    }
  }
}
