package leapscore.oracle

import java.io.{BufferedOutputStream, BufferedReader, File, FileDescriptor, FileOutputStream, InputStreamReader}
import java.nio.charset.StandardCharsets.UTF_8
import ml.combust.bundle.BundleFile
import ml.combust.mleap.core.classification.{DecisionTreeClassifierModel, OneVsRestModel}
import ml.combust.mleap.core.tree.{InternalNode, LeafNode, Node}
import ml.combust.mleap.core.types.{ScalarType, StructField, StructType}
import ml.combust.mleap.runtime.MleapContext
import ml.combust.mleap.runtime.frame.{DefaultLeapFrame, Row, Transformer}
import ml.combust.mleap.runtime.transformer.Pipeline
import org.apache.spark.ml.linalg.{DenseVector, SparseVector}
import scala.util.{Try, Using}
import spray.json._

/** The MLeap runtime as a process that scores rows: a request per line on standard input, an answer per line on standard
  * output. README.md describes both.
  */
object Serve {
  private val marker = "\u0000row"

  def main(args: Array[String]): Unit = {
    val out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 20)
    System.setOut(System.err) // a library that prints must not break the protocol
    def send(sb: java.lang.StringBuilder): Unit = { out.write(sb.append('\n').toString.getBytes(UTF_8)); out.flush() }

    send(hello())
    val in = new BufferedReader(new InputStreamReader(System.in, UTF_8), 1 << 20)
    Iterator.continually(in.readLine()).takeWhile(_ != null).filter(_.nonEmpty).foreach(line => send(answer(line)))
  }

  /** The first line. Other BLAS implementations sum in another order, so they are refused. */
  private def hello(): java.lang.StringBuilder = {
    val blas = dev.ludovic.netlib.blas.BLAS.getInstance.getClass.getSimpleName
    val plain = dev.ludovic.netlib.blas.JavaBLAS.getInstance.getClass.getSimpleName
    if (blas != "Java11BLAS" || plain != "Java11BLAS")
      throw new IllegalStateException(s"BLAS is $blas and $plain, want Java11BLAS: no native BLAS, no incubator vector module")
    val sb = new java.lang.StringBuilder("{\"mleap\":")
    Wire.string(sb, ml.combust.mleap.BuildValues.version)
    sb.append(",\"java\":"); Wire.string(sb, System.getProperty("java.version"))
    sb.append(",\"arch\":"); Wire.string(sb, System.getProperty("os.arch"))
    sb.append(",\"blas\":"); Wire.string(sb, blas)
    sb.append('}')
  }

  /** An error of a request as a whole. */
  private class StageException(val stage: String, cause: Throwable) extends Exception(cause)
  private def stage[A](name: String)(f: => A): A = try f catch { case e: Throwable => throw new StageException(name, e) }

  private def answer(line: String): java.lang.StringBuilder = {
    var id: JsValue = JsNull
    try {
      val q = stage("request")(line.parseJson.asJsObject.fields)
      id = q.getOrElse("id", JsNull)
      val sb = start(id)
      if (q.contains("rows")) score(q, sb) else describe(q, sb)
      sb.append('}')
    } catch {
      case e: Throwable =>
        val name = e match { case s: StageException => s.stage; case _ => "oracle" }
        val sb = start(id).append(",\"error\":{\"stage\":")
        Wire.string(sb, name)
        sb.append(','); cause(sb, e)
        sb.append("}}")
    }
  }
  private def start(id: JsValue) = new java.lang.StringBuilder("{\"id\":").append(id.compactPrint)

  private def cause(sb: java.lang.StringBuilder, e: Throwable): Unit = {
    var root = e
    var depth = 0
    while (root.getCause != null && depth < 20) { root = root.getCause; depth += 1 }
    sb.append("\"class\":"); Wire.string(sb, root.getClass.getName)
    sb.append(",\"message\":"); Wire.string(sb, String.valueOf(root.getMessage))
  }

  private def load(path: String): Transformer = {
    val file = new File(path)
    // the zip file system would create it
    if (!file.exists()) throw new java.io.FileNotFoundException(path)
    implicit val context: MleapContext = MleapContext.defaultContext
    Using(BundleFile(file))(bf => bf.load[MleapContext, Transformer]()).flatten.get.root
  }

  private def text(v: JsValue): String = v match { case JsString(s) => s; case x => throw new IllegalArgumentException(s"not a string: $x") }

  private def describe(q: Map[String, JsValue], sb: java.lang.StringBuilder): Unit = {
    val path = stage("request")(text(q("bundle")))
    val root = stage("load")(load(path))
    fields(sb, "inputs", stage("bind")(root.inputSchema.fields))
    fields(sb, "columns", stage("bind")(root.outputSchema.fields))
  }

  private def score(q: Map[String, JsValue], sb: java.lang.StringBuilder): Unit = {
    def list(v: JsValue): Vector[JsValue] = v match { case JsArray(a) => a; case x => throw new IllegalArgumentException(s"not a list: $x") }
    val (path, columns, rows, mode) = stage("request") {
      val columns = list(q("columns")).map(list).map(c => StructField(text(c(0)), Wire.parseType(text(c(1)))))
      val rows = list(q("rows")).map(r => columns.zip(list(r)).map { case (c, v) => Wire.read(c.dataType, v) })
      rows.zip(list(q("rows"))).foreach { case (_, r) =>
        if (list(r).size != columns.size) throw new IllegalArgumentException(s"row of ${list(r).size} values, want ${columns.size}")
      }
      (text(q("bundle")), columns, rows, q.get("mode").map(text).getOrElse(""))
    }
    val schema = stage("request")(StructType(columns :+ StructField(marker, ScalarType.Long)).get)
    val model = new Model(schema, stage("load")(load(path)))
    val names = columns.map(_.name).toSet + marker
    // the casts of every stage are chosen here, before there is a row
    val added = stage("bind")(model.run(Nil)).schema.fields.zipWithIndex.filterNot(f => names(f._1.name))
    fields(sb, "inputs", Try(model.root.inputSchema.fields).getOrElse(Nil))
    fields(sb, "columns", added.map(_._1))

    val results: Iterator[Either[Throwable, Option[Row]]] = mode match {
      case "reload" => rows.iterator.map { r => new Model(schema, load(path)).single(r) }
      case "single" => rows.iterator.map(model.single)
      case _ if model.stateful => rows.iterator.map(model.single)
      case _ => rows.grouped(256).flatMap(model.batch)
    }
    sb.append(",\"rows\":")
    Wire.array(sb, results) {
      case Right(Some(row)) =>
        val from = sb.length
        try Wire.array(sb, added.iterator) { case (f, k) => Wire.write(sb, f.dataType, row.getRaw(k)) }
        catch { case e: IllegalStateException => sb.setLength(from); failure(sb, e) }
      case Right(None) => sb.append("{\"drop\":true}")
      case Left(e) => failure(sb, e)
    }
  }

  private def failure(sb: java.lang.StringBuilder, e: Throwable): Unit = { sb.append("{\"error\":{"); cause(sb, e); sb.append("}}") }

  private def fields(sb: java.lang.StringBuilder, key: String, fs: Iterable[StructField]): Unit = {
    sb.append(",\"").append(key).append("\":")
    Wire.array(sb, fs.iterator) { f =>
      sb.append("{\"name\":"); Wire.string(sb, f.name)
      sb.append(",\"type\":"); Wire.string(sb, Wire.typeText(f.dataType))
      sb.append(",\"nullable\":").append(f.dataType.isNullable).append('}')
    }
  }

  /** A transformer that answers every row as if it were the first one. */
  private class Model(schema: StructType, val root: Transformer) {
    private val leaves = leavesOf(root)
    private val fresh = leaves.map(_.clone())

    /** A decision tree classifier turns the counts of a leaf into probabilities, in the model, when a row first reaches it. */
    val stateful: Boolean = leaves.nonEmpty

    def run(rows: Seq[Seq[Any]]): DefaultLeapFrame = {
      val data = rows.zipWithIndex.map { case (r, k) => Row(r :+ k.toLong: _*) }.toVector
      root.transform(DefaultLeapFrame(schema, data)).get
    }

    def single(row: Seq[Any]): Either[Throwable, Option[Row]] = {
      leaves.zip(fresh).foreach { case (a, b) => System.arraycopy(b, 0, a, 0, a.length) }
      Watch(run(Seq(row)).dataset.headOption)
    }

    /** All rows in one frame; if MLeap refuses it, row by row to find out which it refuses. */
    def batch(rows: Seq[Seq[Any]]): Seq[Either[Throwable, Option[Row]]] =
      Watch(run(rows)) match {
        case Right(frame) =>
          val at = schema.fields.size - 1
          val kept = frame.dataset.map(r => r.getRaw(at).asInstanceOf[Long] -> r).toMap
          rows.indices.map(k => Right(kept.get(k.toLong)))
        case Left(_) => rows.map(single)
      }
  }

  private def leavesOf(t: Transformer): Vector[Array[Double]] = t match {
    case p: Pipeline => p.transformers.toVector.flatMap(leavesOf)
    case _ => t.model match {
      case m: DecisionTreeClassifierModel => leavesOf(m.rootNode)
      case m: OneVsRestModel => m.classifiers.toVector.flatMap {
        case c: DecisionTreeClassifierModel => leavesOf(c.rootNode)
        case _ => Vector()
      }
      case _ => Vector()
    }
  }
  private def leavesOf(n: Node): Vector[Array[Double]] = n match {
    case i: InternalNode => leavesOf(i.left) ++ leavesOf(i.right)
    case l: LeafNode => l.values match {
      case d: DenseVector => Vector(d.values)
      case s: SparseVector => Vector(s.values)
    }
  }
}
