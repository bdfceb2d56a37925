package booster

import "errors"

// A reader walks over the values of a document, which may be JSON or UBJ.
// Numbers of arrays go to slices of their own kind at once: nearly all of a model
// is such arrays.
type reader interface {
	// object calls each with the key of every value, in order. each must read the value.
	object(each func(key string) error) error
	// array calls each for every value. each must read the value.
	array(each func(i int) error) error
	// trees calls each for every value, maybe for several at a time.
	trees(each func(r reader) error) error

	isArray() bool         // of the next value
	text() (string, error) // a text, or a number or a truth as text
	whole() (int64, error) // a whole number, or a text that holds one
	skip() error           // any value
	floats(dst []float32) ([]float32, error)
	doubles(dst []float64) ([]float64, error)
	ints(dst []int32) ([]int32, error) // truths count as 0 and 1
}

// maxDepth is how deep objects and arrays may stand in each other. XGBoost
// writes them 8 deep.
const maxDepth = 64

var (
	errDeep  = errors.New("objects and arrays stand deeper in each other than in any model of XGBoost")
	errShort = errors.New("the file ends too early: it was not written or copied completely")
)
