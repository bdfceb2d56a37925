package commonsmath

import "testing"

var sink float64

func BenchmarkFunctions(b *testing.B) {
	for _, c := range []struct {
		name string
		f    func(float64) float64
		from float64
	}{
		{"log", Log, 0.1}, {"erf/0.1", Erf, 0.1}, {"erf/1", Erf, 1}, {"erf/2", Erf, 2}, {"digamma/0.5", Digamma, 0.5}, {"digamma/60", Digamma, 60},
	} {
		b.Run(c.name, func(b *testing.B) {
			x := c.from
			for b.Loop() {
				sink += c.f(x)
				x += 1e-9
			}
		})
	}
}

func BenchmarkLDAStartOfTenTopics(b *testing.B) {
	for b.Loop() {
		g, rand := Gamma{Shape: 100, Scale: 1.0 / 100}, NewMersenneTwister(0)
		for range 10 {
			sink += g.Draw(rand)
		}
	}
}
