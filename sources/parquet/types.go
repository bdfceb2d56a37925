package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// setType chooses the Arrow type of a leaf. The logical type wins over the
// converted one, which older writers used for the same.
func (l *leaf) setType(e *format.SchemaElement) error {
	lt := e.LogicalType.Value
	if lt == nil && e.ConvertedType.Valid {
		lt = logicalOf(e)
	}
	if err := l.checkLogical(lt); err != nil {
		return err
	}
	_, l.uuid = lt.(*format.UUIDType)
	if _, ok := lt.(*format.NullType); ok {
		l.typ, l.conv = arrow.Null, convNull
		return nil
	}
	if d, ok := lt.(*format.DecimalType); ok {
		return l.setDecimal(d)
	}
	switch l.physical {
	case format.Boolean:
		l.set(arrow.FixedWidthTypes.Boolean, convBool, 0)
	case format.Int32:
		l.setInt32(lt)
	case format.Int64:
		l.setInt64(lt)
	case format.Int96:
		l.set(&arrow.TimestampType{Unit: arrow.Microsecond}, convInt96, 8)
	case format.Float:
		l.set(arrow.PrimitiveTypes.Float32, convCopy, 4)
	case format.Double:
		l.set(arrow.PrimitiveTypes.Float64, convCopy, 8)
	case format.ByteArray:
		l.set(arrow.BinaryTypes.Binary, convBytes, 0)
		switch lt.(type) {
		case *format.StringType, *format.EnumType, *format.JsonType:
			l.typ = arrow.BinaryTypes.String
		}
	case format.FixedLenByteArray:
		return l.setFixed(lt)
	default:
		return fmt.Errorf("physical type %d is not known", l.physical)
	}
	return nil
}

func (l *leaf) set(t arrow.DataType, c conversion, width int) {
	l.typ, l.conv, l.width = t, c, width
}

func (l *leaf) setFixed(lt format.LogicalTypeValue) error {
	if l.size <= 0 || l.size > 1<<20 {
		return fmt.Errorf("fixed length %d, want 1 to 1048576", l.size)
	}
	l.set(&arrow.FixedSizeBinaryType{ByteWidth: l.size}, convCopy, l.size)
	if _, ok := lt.(*format.Float16Type); ok && l.size == 2 {
		l.typ = arrow.FixedWidthTypes.Float16
	}
	return nil
}

func (l *leaf) setInt32(lt format.LogicalTypeValue) {
	l.set(arrow.PrimitiveTypes.Int32, convCopy, 4)
	switch t := lt.(type) {
	case *format.DateType:
		l.typ = arrow.FixedWidthTypes.Date32
	case *format.TimeType:
		l.typ = arrow.FixedWidthTypes.Time32ms
	case *format.IntType:
		switch {
		case t.BitWidth == 8 && t.IsSigned:
			l.set(arrow.PrimitiveTypes.Int8, convInt8, 1)
		case t.BitWidth == 8:
			l.set(arrow.PrimitiveTypes.Uint8, convInt8, 1)
		case t.BitWidth == 16 && t.IsSigned:
			l.set(arrow.PrimitiveTypes.Int16, convInt16, 2)
		case t.BitWidth == 16:
			l.set(arrow.PrimitiveTypes.Uint16, convInt16, 2)
		case !t.IsSigned:
			l.typ = arrow.PrimitiveTypes.Uint32
		}
	}
}

func (l *leaf) setInt64(lt format.LogicalTypeValue) {
	l.set(arrow.PrimitiveTypes.Int64, convCopy, 8)
	switch t := lt.(type) {
	case *format.TimeType:
		l.typ = arrow.FixedWidthTypes.Time64us
		if _, ok := t.Unit.Value.(*format.NanoSeconds); ok {
			l.typ = arrow.FixedWidthTypes.Time64ns
		}
	case *format.TimestampType:
		ts := &arrow.TimestampType{Unit: arrow.Microsecond}
		switch t.Unit.Value.(type) {
		case *format.MilliSeconds:
			ts.Unit = arrow.Millisecond
		case *format.NanoSeconds:
			ts.Unit = arrow.Nanosecond
		}
		if t.IsAdjustedToUTC {
			ts.TimeZone = "UTC"
		}
		l.typ = ts
	case *format.IntType:
		if !t.IsSigned {
			l.typ = arrow.PrimitiveTypes.Uint64
		}
	}
}

func (l *leaf) setDecimal(d *format.DecimalType) error {
	if d.Precision < 1 || d.Precision > 38 {
		return fmt.Errorf("decimal(%d,%d): precision must be 1 to 38", d.Precision, d.Scale)
	}
	if d.Scale < 0 || d.Scale > d.Precision {
		return fmt.Errorf("decimal(%d,%d): scale must be 0 to %d", d.Precision, d.Scale, d.Precision)
	}
	typ := &arrow.Decimal128Type{Precision: d.Precision, Scale: d.Scale}
	switch l.physical {
	case format.Int32, format.Int64:
		l.set(typ, convDecimalInt, 16)
	case format.FixedLenByteArray:
		if l.size < 1 || l.size > 1<<10 {
			return fmt.Errorf("decimal of %d bytes", l.size)
		}
		l.set(typ, convDecimalBytes, 16)
	case format.ByteArray:
		l.set(typ, convDecimalBytes, 16)
	default:
		return fmt.Errorf("decimal over %v", l.physical)
	}
	return nil
}

// logicalOf translates the converted types of older writers.
func logicalOf(e *format.SchemaElement) format.LogicalTypeValue {
	intType := func(bits int8, signed bool) format.LogicalTypeValue {
		return &format.IntType{BitWidth: bits, IsSigned: signed}
	}
	millis := format.TimeUnit{Value: new(format.MilliSeconds)}
	micros := format.TimeUnit{Value: new(format.MicroSeconds)}
	switch e.ConvertedType.V {
	case deprecated.UTF8:
		return new(format.StringType)
	case deprecated.Enum:
		return new(format.EnumType)
	case deprecated.Json:
		return new(format.JsonType)
	case deprecated.Decimal:
		return &format.DecimalType{Scale: e.Scale.V, Precision: e.Precision.V}
	case deprecated.Date:
		return new(format.DateType)
	case deprecated.TimeMillis:
		return &format.TimeType{Unit: millis}
	case deprecated.TimeMicros:
		return &format.TimeType{Unit: micros}
	case deprecated.TimestampMillis:
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: millis}
	case deprecated.TimestampMicros:
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: micros}
	case deprecated.Uint8:
		return intType(8, false)
	case deprecated.Uint16:
		return intType(16, false)
	case deprecated.Uint32:
		return intType(32, false)
	case deprecated.Uint64:
		return intType(64, false)
	case deprecated.Bson:
		return new(format.BsonType)
	case deprecated.Int32:
		return intType(32, true)
	case deprecated.Int64:
		return intType(64, true)
	case deprecated.Int8:
		return intType(8, true)
	case deprecated.Int16:
		return intType(16, true)
	}
	return nil
}
