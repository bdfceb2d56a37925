//go:build !amd64 || purego

package terms

func addScaledLanes(_, _ []float64, _, _, _ float64) int { return 0 }
func addProductLanes(_, _ []float64, _ float64) int      { return 0 }
func scaleLanes(_, _ []float64, _, _ float64) int        { return 0 }
