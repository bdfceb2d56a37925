package jtransforms

// The passes for the factors 3 and 5; the comment in radix_even.go holds here
// too. FFTPACK leaves out the multiplications by one that the general pass
// does, so the bits are not the same.

// Cosine and sine of a third of a circle.
const (
	cos3 float64 = -0.5
	sin3 float64 = 0.866025403784438707610604524234076962
)

// Cosines and sines of one and two fifths of a circle.
const (
	cos51 float64 = 0.309016994374947451262869435595348477
	sin51 float64 = 0.951056516295153531181938433292089030
	cos52 float64 = -0.809016994374947340240566973079694435
	sin52 float64 = 0.587785252292473248125759255344746634
)

func (p *pass) forward3(x, y []float64) {
	n := p.ido
	for k := range p.l1 {
		x0, x1, x2 := p.row(x, k), p.row(x, k+p.l1), p.row(x, k+2*p.l1)
		g := p.together(y, k)
		y0, y1, y2 := g[:n], g[n:2*n], g[2*n:]
		sum := x1[0] + x2[0]
		y0[0] = x0[0] + sum
		y1[n-1] = x0[0] + float64(cos3*sum)
		y2[0] = sin3 * (x2[0] - x1[0])
		for i := 2; i < n; i += 2 {
			dr2, di2 := p.turned(x1, 1, i)
			dr3, di3 := p.turned(x2, 2, i)
			cr, ci := dr2+dr3, di2+di3
			tr2, ti2 := x0[i-1]+float64(cos3*cr), x0[i]+float64(cos3*ci)
			tr3, ti3 := float64(sin3*(di2-di3)), float64(sin3*(dr3-dr2))
			y0[i-1], y0[i] = x0[i-1]+cr, x0[i]+ci
			y1[n-i-1], y1[n-i] = tr2-tr3, ti3-ti2
			y2[i-1], y2[i] = tr2+tr3, ti2+ti3
		}
	}
}

func (p *pass) inverse3(x, y []float64) {
	n := p.ido
	for k := range p.l1 {
		g := p.together(x, k)
		x0, x1, x2 := g[:n], g[n:2*n], g[2*n:]
		y0, y1, y2 := p.row(y, k), p.row(y, k+p.l1), p.row(y, k+2*p.l1)
		tr := float64(2 * x1[n-1])
		cr, ci := x0[0]+float64(cos3*tr), float64(2*sin3*x2[0])
		y0[0], y1[0], y2[0] = x0[0]+tr, cr-ci, cr+ci
		for i := 2; i < n; i += 2 {
			ic := n - i
			tr, ti := x2[i-1]+x1[ic-1], x2[i]-x1[ic]
			cr2, ci2 := x0[i-1]+float64(cos3*tr), x0[i]+float64(cos3*ti)
			cr3 := float64(sin3 * (x2[i-1] - x1[ic-1]))
			ci3 := float64(sin3 * (x2[i] + x1[ic]))
			y0[i-1], y0[i] = x0[i-1]+tr, x0[i]+ti
			p.put(y1, 1, i, cr2-ci3, ci2+cr3)
			p.put(y2, 2, i, cr2+ci3, ci2-cr3)
		}
	}
}

// fifths mixes a and the sums b and c: the cosine parts of a fifth.
func fifths(a, b, c float64) (one, two float64) {
	return a + float64(cos51*b) + float64(cos52*c), a + float64(cos52*b) + float64(cos51*c)
}

// sines mixes the differences b and c: the sine parts of a fifth.
func sines(b, c float64) (one, two float64) {
	return float64(sin51*b) + float64(sin52*c), float64(sin52*b) - float64(sin51*c)
}

func (p *pass) forward5(x, y []float64) {
	n := p.ido
	for k := range p.l1 {
		x0, x1, x2 := p.row(x, k), p.row(x, k+p.l1), p.row(x, k+2*p.l1)
		x3, x4 := p.row(x, k+3*p.l1), p.row(x, k+4*p.l1)
		g := p.together(y, k)
		y0, y1, y2, y3, y4 := g[:n], g[n:2*n], g[2*n:3*n], g[3*n:4*n], g[4*n:]
		cr2, ci5 := x4[0]+x1[0], x4[0]-x1[0]
		cr3, ci4 := x3[0]+x2[0], x3[0]-x2[0]
		y0[0] = x0[0] + cr2 + cr3
		y1[n-1], y3[n-1] = fifths(x0[0], cr2, cr3)
		y2[0], y4[0] = sines(ci5, ci4)
		for i := 2; i < n; i += 2 {
			dr2, di2 := p.turned(x1, 1, i)
			dr3, di3 := p.turned(x2, 2, i)
			dr4, di4 := p.turned(x3, 3, i)
			dr5, di5 := p.turned(x4, 4, i)
			cr2, ci5 := dr2+dr5, dr5-dr2
			cr5, ci2 := di2-di5, di2+di5
			cr3, ci4 := dr3+dr4, dr4-dr3
			cr4, ci3 := di3-di4, di3+di4
			tr2, tr3 := fifths(x0[i-1], cr2, cr3)
			ti2, ti3 := fifths(x0[i], ci2, ci3)
			tr5, tr4 := sines(cr5, cr4)
			ti5, ti4 := sines(ci5, ci4)
			y0[i-1], y0[i] = x0[i-1]+cr2+cr3, x0[i]+ci2+ci3
			y1[n-i-1], y1[n-i] = tr2-tr5, ti5-ti2
			y2[i-1], y2[i] = tr2+tr5, ti2+ti5
			y3[n-i-1], y3[n-i] = tr3-tr4, ti4-ti3
			y4[i-1], y4[i] = tr3+tr4, ti3+ti4
		}
	}
}

func (p *pass) inverse5(x, y []float64) {
	n := p.ido
	for k := range p.l1 {
		g := p.together(x, k)
		x0, x1, x2, x3, x4 := g[:n], g[n:2*n], g[2*n:3*n], g[3*n:4*n], g[4*n:]
		y0, y1, y2 := p.row(y, k), p.row(y, k+p.l1), p.row(y, k+2*p.l1)
		y3, y4 := p.row(y, k+3*p.l1), p.row(y, k+4*p.l1)
		tr2, tr3 := float64(2*x1[n-1]), float64(2*x3[n-1])
		cr2, cr3 := fifths(x0[0], tr2, tr3)
		ci5, ci4 := sines(2*x2[0], 2*x4[0])
		y0[0] = x0[0] + tr2 + tr3
		y1[0], y2[0], y3[0], y4[0] = cr2-ci5, cr3-ci4, cr3+ci4, cr2+ci5
		for i := 2; i < n; i += 2 {
			ic := n - i
			ti5, ti2 := x2[i]+x1[ic], x2[i]-x1[ic]
			ti4, ti3 := x4[i]+x3[ic], x4[i]-x3[ic]
			tr5, tr2 := x2[i-1]-x1[ic-1], x2[i-1]+x1[ic-1]
			tr4, tr3 := x4[i-1]-x3[ic-1], x4[i-1]+x3[ic-1]
			cr2, cr3 := fifths(x0[i-1], tr2, tr3)
			ci2, ci3 := fifths(x0[i], ti2, ti3)
			cr5, cr4 := sines(tr5, tr4)
			ci5, ci4 := sines(ti5, ti4)
			y0[i-1], y0[i] = x0[i-1]+tr2+tr3, x0[i]+ti2+ti3
			p.put(y1, 1, i, cr2-ci5, ci2+cr5)
			p.put(y2, 2, i, cr3-ci4, ci3+cr4)
			p.put(y3, 3, i, cr3+ci4, ci3-cr4)
			p.put(y4, 4, i, cr2+ci5, ci2-cr5)
		}
	}
}
