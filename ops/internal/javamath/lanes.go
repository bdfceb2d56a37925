package javamath

// laneCount is the number of arguments that vector code takes at once.
const laneCount = 4

// ExpAll sets dst[i] to Exp(src[i]). Both have one length, and may be the same.
func ExpAll(dst, src []float64) { each(dst, src, Exp, expLanes) }

// LogAll sets dst[i] to Log(src[i]). Both have one length, and may be the same.
func LogAll(dst, src []float64) { each(dst, src, Log, logLanes) }

// LogisticAll replaces every x[i] by 1 / (1 + Exp(-x[i])).
func LogisticAll(x []float64) {
	for i, v := range x {
		x[i] = -v
	}
	ExpAll(x, x)
	for i, v := range x {
		x[i] = 1 / (1 + v)
	}
}

// lanes is vector code for a function: it answers for blocks of laneCount arguments
// until one is out of its range, and returns for how many.
type lanes func(dst, src *float64, blocks int) (done int)

// each applies f to all elements of src: by vec where that can, else one by one.
func each(dst, src []float64, f func(float64) float64, vec lanes) {
	dst = dst[:len(src)]
	i := 0
	for hasLanes && len(src)-i >= laneCount {
		i += laneCount * vec(&dst[i], &src[i], (len(src)-i)/laneCount)
		if len(src)-i < laneCount {
			break
		}
		for end := i + laneCount; i < end; i++ {
			dst[i] = f(src[i])
		}
	}
	for ; i < len(src); i++ {
		dst[i] = f(src[i])
	}
}
