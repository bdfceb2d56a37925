package leapscore.peers

import java.io.File
import ml.combust.bundle.BundleFile
import ml.combust.mleap.core.types.{ScalarType, StructField, StructType}
import ml.combust.mleap.runtime.MleapContext
import ml.combust.mleap.runtime.MleapSupport._
import ml.combust.mleap.runtime.frame.{DefaultLeapFrame, Row, Transformer}
import org.apache.spark.sql.{Encoders, SparkSession}
import org.apache.spark.sql.types.StringType
import scala.util.Using

/** Scores a table with the MLeap runtime in the tasks of a Spark job. The tasks of one JVM share the model, and rows go through it
  * in frames, as MLeap likes them best.
  */
object MLeapTasks {
  private val frame = 1024
  private val loaded = new java.util.concurrent.ConcurrentHashMap[String, Transformer]()

  def version(): String = ml.combust.mleap.BuildValues.version

  private def model(path: String): Transformer = loaded.computeIfAbsent(path, p => {
    implicit val context: MleapContext = MleapContext.defaultContext
    Using(BundleFile(new File(p)))(_.loadMleapBundle()).flatten.get.root
  })

  def run(spark: SparkSession, bundle: String, input: String, inputs: Array[String], id: String, prediction: String, output: String): Unit = {
    val rows = spark.read.parquet(input).select(id, inputs.toIndexedSeq: _*)
    val schema = StructType(rows.schema.tail.map { f =>
      StructField(f.name, if (f.dataType == StringType) ScalarType.String else ScalarType.Double)
    }).get
    rows.mapPartitions { part =>
      val m = model(bundle)
      part.grouped(frame).flatMap { batch =>
        val scored = m.transform(DefaultLeapFrame(schema, batch.map(r => Row(r.toSeq.tail: _*)))).get
        val at = scored.schema.indexOf(prediction).get
        batch.iterator.zip(scored.dataset.iterator).map { case (in, out) => (in.getLong(0), out.getDouble(at)) }
      }
    }(Encoders.tuple(Encoders.scalaLong, Encoders.scalaDouble)).toDF(id, prediction)
      .write.mode("overwrite").option("compression", "snappy").parquet(output)
  }
}
