package leapscore.oracle

import java.util.Base64
import ml.combust.mleap.core.types.{BasicType, DataType, ListType, MapType, ScalarType, TensorType}
import ml.combust.mleap.tensor.{ByteString, DenseTensor, SparseTensor, Tensor}
import spray.json._

/** Values and types on the wire. README.md describes the format.
  *
  * A double is the 16 hexadecimal digits of its bits and a float its 8, so that NaN, the infinities and -0.0 survive.
  */
object Wire {
  private val bases: Map[String, BasicType] = Seq(BasicType.Boolean, BasicType.Byte, BasicType.Short, BasicType.Int,
    BasicType.Long, BasicType.Float, BasicType.Double, BasicType.String, BasicType.ByteString).map(b => b.toString -> b).toMap

  private val Parametric = """(list|tensor)<(\w+)>(?:\[([-0-9,]*)\])?""".r
  private val MapText = """map<(\w+),(\w+)>""".r

  def parseType(text: String): DataType = text match {
    case MapText(k, v) => MapType(base(k), base(v))
    case Parametric("list", b, null) => ListType(base(b))
    case Parametric("tensor", b, null) => TensorType(base(b), None)
    case Parametric("tensor", b, dims) => TensorType(base(b), Some(dims.split(",").filter(_.nonEmpty).map(_.toInt).toSeq))
    case b => ScalarType(base(b))
  }

  private def base(name: String): BasicType =
    bases.getOrElse(name, throw new IllegalArgumentException(s"unknown type $name"))

  def typeText(dt: DataType): String = dt match {
    case ScalarType(b, _) => b.toString
    case ListType(b, _) => s"list<$b>"
    case MapType(k, b, _) => s"map<$k,$b>"
    case TensorType(b, None, _) => s"tensor<$b>"
    case TensorType(b, Some(dims), _) => s"tensor<$b>[${dims.mkString(",")}]"
  }

  // ---- reading ----

  def read(dt: DataType, v: JsValue): Any = (dt, v) match {
    case (_, JsNull) => null
    case (ScalarType(b, _), x) => readBase(b, x)
    case (ListType(b, _), JsArray(xs)) => xs.map(readBase(b, _))
    case (MapType(k, b, _), JsArray(entries)) => entries.map {
      case JsArray(Vector(key, value)) => readBase(k, key) -> readBase(b, value)
      case x => bad(dt, x)
    }.toMap
    case (TensorType(b, _, _), o: JsObject) => readTensor(b, o)
    case (_, x) => bad(dt, x)
  }

  private def bad(what: Any, v: JsValue): Nothing = throw new IllegalArgumentException(s"not a $what: $v")

  private def readBase(b: BasicType, v: JsValue): Any = (b, v) match {
    case (_, JsNull) => null
    case (BasicType.Boolean, JsBoolean(x)) => x
    case (BasicType.Byte, JsNumber(x)) => x.toByteExact
    case (BasicType.Short, JsNumber(x)) => x.toShortExact
    case (BasicType.Int, JsNumber(x)) => x.toIntExact
    case (BasicType.Long, JsNumber(x)) => x.toLongExact
    case (BasicType.Float, JsString(x)) => float(x, 0)
    case (BasicType.Double, JsString(x)) => double(x, 0)
    case (BasicType.String, JsString(x)) => x
    case (BasicType.ByteString, JsString(x)) => ByteString(Base64.getDecoder.decode(x))
    case _ => bad(b, v)
  }

  private def double(hex: String, at: Int): Double =
    java.lang.Double.longBitsToDouble(java.lang.Long.parseUnsignedLong(hex, at, at + 16, 16))
  private def float(hex: String, at: Int): Float =
    java.lang.Float.intBitsToFloat(Integer.parseUnsignedInt(hex, at, at + 8, 16))

  private def readTensor(b: BasicType, o: JsObject): Tensor[_] = {
    def ints(v: JsValue): Seq[Int] = v match {
      case JsArray(xs) => xs.map { case JsNumber(n) => n.toIntExact; case x => bad("list of ints", x) }
      case x => bad("list of ints", x)
    }
    val dims = ints(o.fields("d"))
    val indices = o.fields.get("i").map { case JsArray(xs) => xs.map(ints); case x => bad("list of indices", x) }
    val values = o.fields("v")
    def all: Vector[Any] = values match { case JsArray(xs) => xs.map(readBase(b, _)); case x => bad("list of values", x) }
    def text: String = values match { case JsString(s) => s; case x => bad("string of digits", x) }
    def make[T: scala.reflect.ClassTag](a: Array[T]): Tensor[T] = indices match {
      case Some(is) => SparseTensor(is, a, dims)
      case None => DenseTensor(a, dims)
    }
    b match {
      case BasicType.Double => make(Array.tabulate(text.length / 16)(k => double(text, 16 * k)))
      case BasicType.Float => make(Array.tabulate(text.length / 8)(k => float(text, 8 * k)))
      case BasicType.Boolean => make(all.map(_.asInstanceOf[Boolean]).toArray)
      case BasicType.Byte => make(all.map(_.asInstanceOf[Byte]).toArray)
      case BasicType.Short => make(all.map(_.asInstanceOf[Short]).toArray)
      case BasicType.Int => make(all.map(_.asInstanceOf[Int]).toArray)
      case BasicType.Long => make(all.map(_.asInstanceOf[Long]).toArray)
      case BasicType.String => make(all.map(_.asInstanceOf[String]).toArray)
      case BasicType.ByteString => make(all.map(_.asInstanceOf[ByteString]).toArray)
    }
  }

  // ---- writing ----

  def write(sb: java.lang.StringBuilder, dt: DataType, v: Any): Unit = (dt, v) match {
    case (_, null) => sb.append("null")
    case (ScalarType(b, _), x) => writeBase(sb, b, x)
    case (ListType(b, _), xs: collection.Seq[_]) => array(sb, xs.iterator)(writeBase(sb, b, _))
    case (MapType(k, b, _), m: collection.Map[_, _]) => array(sb, m.iterator) { case (key, value) =>
      sb.append('['); writeBase(sb, k, key); sb.append(','); writeBase(sb, b, value); sb.append(']')
    }
    case (TensorType(b, _, _), t: Tensor[_]) => writeTensor(sb, b, t)
    case _ => mistyped(dt, v)
  }

  /** A value that is not what the schema says would be a quirk of MLeap that leapscore must know. */
  private def mistyped(dt: Any, v: Any): Nothing =
    throw new IllegalStateException(s"oracle: the schema says $dt, the value is a ${v.getClass.getName}: $v")

  def array[A](sb: java.lang.StringBuilder, it: Iterator[A])(f: A => Unit): Unit = {
    sb.append('[')
    var first = true
    it.foreach { x => if (first) first = false else sb.append(','); f(x) }
    sb.append(']')
  }

  private def writeBase(sb: java.lang.StringBuilder, b: BasicType, v: Any): Unit = (b, v) match {
    case (_, null) => sb.append("null")
    case (BasicType.Boolean, x: Boolean) => sb.append(x)
    case (BasicType.Byte, x: Byte) => sb.append(x.toInt)
    case (BasicType.Short, x: Short) => sb.append(x.toInt)
    case (BasicType.Int, x: Int) => sb.append(x)
    case (BasicType.Long, x: Long) => sb.append(x)
    case (BasicType.Float, x: Float) => sb.append('"'); hex(sb, java.lang.Float.floatToIntBits(x), 8); sb.append('"')
    case (BasicType.Double, x: Double) => sb.append('"'); hex(sb, java.lang.Double.doubleToLongBits(x), 16); sb.append('"')
    case (BasicType.String, x: String) => string(sb, x)
    case (BasicType.ByteString, x: ByteString) => string(sb, Base64.getEncoder.encodeToString(x.bytes))
    case _ => mistyped(b, v)
  }

  private def writeTensor(sb: java.lang.StringBuilder, b: BasicType, t: Tensor[_]): Unit = {
    sb.append("{\"d\":"); array(sb, t.dimensions.iterator)(sb.append(_))
    t match {
      case s: SparseTensor[_] => sb.append(",\"i\":"); array(sb, s.indices.iterator)(is => array(sb, is.iterator)(sb.append(_)))
      case _ =>
    }
    sb.append(",\"v\":")
    (b, t.rawValues.asInstanceOf[Any]) match {
      case (BasicType.Double, a: Array[Double]) =>
        sb.append('"'); a.foreach(x => hex(sb, java.lang.Double.doubleToLongBits(x), 16)); sb.append('"')
      case (BasicType.Float, a: Array[Float]) =>
        sb.append('"'); a.foreach(x => hex(sb, java.lang.Float.floatToIntBits(x), 8)); sb.append('"')
      case (BasicType.Double | BasicType.Float, a) => mistyped(s"tensor of $b", a)
      case (_, a: Array[_]) => array(sb, a.iterator)(writeBase(sb, b, _))
      case (_, a) => mistyped(s"tensor of $b", a)
    }
    sb.append('}')
  }

  private def hex(sb: java.lang.StringBuilder, bits: Long, digits: Int): Unit = {
    var shift = 4 * (digits - 1)
    while (shift >= 0) { sb.append(Character.forDigit(((bits >>> shift) & 15).toInt, 16)); shift -= 4 }
  }

  /** JSON with every UTF-16 unit outside ASCII escaped, so that lone surrogates survive. */
  def string(sb: java.lang.StringBuilder, s: String): Unit = {
    sb.append('"')
    var k = 0
    while (k < s.length) {
      val c = s.charAt(k)
      if (c == '"' || c == '\\') sb.append('\\').append(c)
      else if (c >= ' ' && c < 127) sb.append(c)
      else { sb.append("\\u"); hex(sb, c, 4) }
      k += 1
    }
    sb.append('"')
  }
}
