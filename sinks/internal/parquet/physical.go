package parquet

import (
	"fmt"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// valueKind is how values are held.
type valueKind uint8

const (
	nullValue  valueKind = iota // there are none
	boolValue                   // bits
	word32                      // 4 bytes
	word64                      // 8 bytes
	bytesValue                  // any number of bytes
	arrayValue                  // physical.width bytes
)

// order is how min and max compare values.
type order uint8

const (
	signedOrder order = iota
	unsignedOrder
	floatOrder
	bytesOrder   // unsigned, byte by byte
	decimalOrder // two's complement, big-endian
	halfOrder    // of half floats, which get no bounds
)

// physical is how values of an Arrow type are stored in a leaf.
type physical struct {
	kind      valueKind
	typ       format.Type
	width     int // of arrayValue
	order     order
	text      bool // UTF-8, which is not cut inside a character
	logical   format.LogicalTypeValue
	converted thrift.Null[deprecated.ConvertedType]
	decimal   *arrow.Decimal128Type
	scale     int64 // 1, or what stored values are multiplied by
}

func (p *physical) describe(e *format.SchemaElement) {
	e.Type = thrift.New(p.typ)
	e.LogicalType = format.LogicalType{Value: p.logical}
	e.ConvertedType = p.converted
	if p.kind == arrayValue {
		e.TypeLength = thrift.New(int32(p.width))
	}
	if p.decimal != nil {
		e.Precision = thrift.New(p.decimal.Precision)
		e.Scale = thrift.New(p.decimal.Scale)
	}
}

// physicalOf returns the physical type for t, chosen so that pyarrow, DuckDB
// and Spark read t back.
func physicalOf(t arrow.DataType) (physical, error) {
	p := physical{scale: 1}
	switch t := t.(type) {
	case *arrow.NullType:
		p.kind, p.typ, p.logical = nullValue, format.Int32, &format.NullType{}
	case *arrow.BooleanType:
		p.kind, p.typ = boolValue, format.Boolean
	case *arrow.Int8Type, *arrow.Int16Type, *arrow.Int32Type, *arrow.Int64Type,
		*arrow.Uint8Type, *arrow.Uint16Type, *arrow.Uint32Type, *arrow.Uint64Type:
		p.integer(t.(arrow.FixedWidthDataType).BitWidth(), arrow.IsSignedInteger(t.ID()))
	case *arrow.Float16Type:
		p.array(2, halfOrder)
		p.logical = &format.Float16Type{}
	case *arrow.Float32Type:
		p.kind, p.typ, p.order = word32, format.Float, floatOrder
	case *arrow.Float64Type:
		p.kind, p.typ, p.order = word64, format.Double, floatOrder
	case *arrow.StringType, *arrow.LargeStringType:
		p.kind, p.typ, p.order, p.text = bytesValue, format.ByteArray, bytesOrder, true
		p.logical, p.converted = &format.StringType{}, thrift.New(deprecated.UTF8)
	case *arrow.BinaryType, *arrow.LargeBinaryType:
		p.kind, p.typ, p.order = bytesValue, format.ByteArray, bytesOrder
	case *arrow.DictionaryType:
		v, err := physicalOf(t.ValueType)
		if err != nil || v.kind != bytesValue {
			return p, fmt.Errorf("%s has no Parquet form here", t)
		}
		return v, nil
	case *arrow.FixedSizeBinaryType:
		p.array(t.ByteWidth, bytesOrder)
	case *arrow.Decimal128Type:
		if t.Scale < 0 || t.Scale > t.Precision {
			return p, fmt.Errorf("%s has no Parquet form: its scale is not from 0 to its precision", t)
		}
		p.decimals(t)
	case *arrow.Date32Type, *arrow.Date64Type:
		p.kind, p.typ = word32, format.Int32
		p.logical, p.converted = &format.DateType{}, thrift.New(deprecated.Date)
	case *arrow.DurationType: // which Parquet does not have
		p.kind, p.typ = word64, format.Int64
	case *arrow.Time32Type:
		p.time(t.Unit)
	case *arrow.Time64Type:
		p.time(t.Unit)
	case *arrow.TimestampType:
		p.timestamp(t)
	default:
		return p, fmt.Errorf("%s has no Parquet form here", t)
	}
	return p, nil
}

func (p *physical) array(width int, o order) {
	p.kind, p.typ, p.width, p.order = arrayValue, format.FixedLenByteArray, width, o
}

var intTypes = map[bool][4]deprecated.ConvertedType{
	true:  {deprecated.Int8, deprecated.Int16, deprecated.Int32, deprecated.Int64},
	false: {deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64},
}

func (p *physical) integer(width int, signed bool) {
	p.kind, p.typ = word32, format.Int32
	if width == 64 {
		p.kind, p.typ = word64, format.Int64
	}
	if !signed {
		p.order = unsignedOrder
	}
	if signed && width >= 32 {
		return // what the physical types are without a logical one
	}
	p.logical = &format.IntType{BitWidth: int8(width), IsSigned: signed}
	p.converted = thrift.New(intTypes[signed][bits.Len(uint(width))-4])
}

// decimals stores decimals as Spark and DuckDB do, in the smallest type.
func (p *physical) decimals(t *arrow.Decimal128Type) {
	p.decimal = t
	p.logical = &format.DecimalType{Precision: t.Precision, Scale: t.Scale}
	p.converted = thrift.New(deprecated.Decimal)
	switch {
	case t.Precision <= 9:
		p.kind, p.typ = word32, format.Int32
	case t.Precision <= 18:
		p.kind, p.typ = word64, format.Int64
	default:
		p.array(16, decimalOrder)
	}
}

func (p *physical) time(u arrow.TimeUnit) {
	p.logical = &format.TimeType{Unit: p.unit(u)}
	p.kind, p.typ = word64, format.Int64
	if u <= arrow.Millisecond {
		p.kind, p.typ = word32, format.Int32
	}
}

func (p *physical) timestamp(t *arrow.TimestampType) {
	p.kind, p.typ = word64, format.Int64
	utc := t.TimeZone != ""
	p.logical = &format.TimestampType{IsAdjustedToUTC: utc, Unit: p.unit(t.Unit)}
	if !utc {
		return // the old annotation always meant UTC
	}
	switch t.Unit {
	case arrow.Second, arrow.Millisecond:
		p.converted = thrift.New(deprecated.TimestampMillis)
	case arrow.Microsecond:
		p.converted = thrift.New(deprecated.TimestampMicros)
	}
}

// unit returns the unit to store; Parquet has no seconds.
func (p *physical) unit(u arrow.TimeUnit) format.TimeUnit {
	switch u {
	case arrow.Second:
		p.scale = 1000
		return format.TimeUnit{Value: &format.MilliSeconds{}}
	case arrow.Millisecond:
		return format.TimeUnit{Value: &format.MilliSeconds{}}
	case arrow.Microsecond:
		return format.TimeUnit{Value: &format.MicroSeconds{}}
	default:
		return format.TimeUnit{Value: &format.NanoSeconds{}}
	}
}

// checkDigits refuses decimals of more digits than their type has: the place for
// them may be too small, and readers may rely on it.
func (p *physical) checkDigits(arr arrow.Array, spans []span) error {
	a, ok := arr.(*array.Decimal128)
	if !ok || p.decimal == nil {
		return nil
	}
	for _, s := range spans {
		for i := s.lo; i < s.hi; i++ {
			if a.IsValid(i) && !a.Value(i).FitsInPrecision(p.decimal.Precision) {
				return fmt.Errorf("%s does not fit into %s", a.Value(i).ToString(p.decimal.Scale), p.decimal)
			}
		}
	}
	return nil
}
