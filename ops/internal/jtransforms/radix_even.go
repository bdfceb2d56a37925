package jtransforms

// The passes for the factors 2 and 4. In forward passes the rows of x lie
// apart and those of y together; in inverse passes the other way round.

func (p *pass) forward2(x, y []float64) {
	n := p.ido
	for k := range p.l1 {
		x0, x1 := p.row(x, k), p.row(x, k+p.l1)
		g := p.together(y, k)
		y0, y1 := g[:n], g[n:]
		y0[0], y1[n-1] = x0[0]+x1[0], x0[0]-x1[0]
		for i := 2; i < n; i += 2 {
			re, im := p.turned(x1, 1, i)
			y0[i-1], y0[i] = x0[i-1]+re, x0[i]+im
			y1[n-i-1], y1[n-i] = x0[i-1]-re, im-x0[i]
		}
		if n%2 == 0 {
			y0[n-1], y1[0] = x0[n-1], -x1[n-1]
		}
	}
}

func (p *pass) inverse2(x, y []float64) {
	n := p.ido
	for k := range p.l1 {
		g := p.together(x, k)
		x0, x1 := g[:n], g[n:]
		y0, y1 := p.row(y, k), p.row(y, k+p.l1)
		y0[0], y1[0] = x0[0]+x1[n-1], x0[0]-x1[n-1]
		for i := 2; i < n; i += 2 {
			y0[i-1], y0[i] = x0[i-1]+x1[n-i-1], x0[i]-x1[n-i]
			p.put(y1, 1, i, x0[i-1]-x1[n-i-1], x0[i]+x1[n-i])
		}
		if n%2 == 0 {
			y0[n-1], y1[n-1] = 2*x0[n-1], -2*x1[0]
		}
	}
}

func (p *pass) forward4(x, y []float64) {
	const h float64 = 0.707106781186547572737310929369414225
	n := p.ido
	for k := range p.l1 {
		x0, x1, x2, x3 := p.row(x, k), p.row(x, k+p.l1), p.row(x, k+2*p.l1), p.row(x, k+3*p.l1)
		g := p.together(y, k)
		y0, y1, y2, y3 := g[:n], g[n:2*n], g[2*n:3*n], g[3*n:]
		r1, r2 := x1[0]+x3[0], x0[0]+x2[0]
		y0[0], y3[n-1] = r1+r2, r2-r1
		y1[n-1], y2[0] = x0[0]-x2[0], x3[0]-x1[0]
		for i := 2; i < n; i += 2 {
			cr2, ci2 := p.turned(x1, 1, i)
			cr3, ci3 := p.turned(x2, 2, i)
			cr4, ci4 := p.turned(x3, 3, i)
			tr1, tr4 := cr2+cr4, cr4-cr2
			ti1, ti4 := ci2+ci4, ci2-ci4
			tr2, tr3 := x0[i-1]+cr3, x0[i-1]-cr3
			ti2, ti3 := x0[i]+ci3, x0[i]-ci3
			y0[i-1], y0[i] = tr1+tr2, ti1+ti2
			y1[n-i-1], y1[n-i] = tr3-ti4, tr4-ti3
			y2[i-1], y2[i] = ti4+tr3, tr4+ti3
			y3[n-i-1], y3[n-i] = tr2-tr1, ti1-ti2
		}
		if n%2 == 0 {
			t := float64(-h * (x1[n-1] + x3[n-1]))
			r := float64(h * (x1[n-1] - x3[n-1]))
			y0[n-1], y1[0] = r+x0[n-1], t-x2[n-1]
			y2[n-1], y3[0] = x0[n-1]-r, t+x2[n-1]
		}
	}
}

func (p *pass) inverse4(x, y []float64) {
	const root2 float64 = 1.41421356237309514547462185873882845
	n := p.ido
	for k := range p.l1 {
		g := p.together(x, k)
		x0, x1, x2, x3 := g[:n], g[n:2*n], g[2*n:3*n], g[3*n:]
		y0, y1, y2, y3 := p.row(y, k), p.row(y, k+p.l1), p.row(y, k+2*p.l1), p.row(y, k+3*p.l1)
		r1, r2 := x0[0]-x3[n-1], x0[0]+x3[n-1]
		r3, r4 := x1[n-1]+x1[n-1], x2[0]+x2[0]
		y0[0], y1[0], y2[0], y3[0] = r2+r3, r1-r4, r2-r3, r1+r4
		for i := 2; i < n; i += 2 {
			ic := n - i
			ti1, ti2 := x0[i]+x3[ic], x0[i]-x3[ic]
			ti3, tr4 := x2[i]-x1[ic], x2[i]+x1[ic]
			tr1, tr2 := x0[i-1]-x3[ic-1], x0[i-1]+x3[ic-1]
			ti4, tr3 := x2[i-1]-x1[ic-1], x2[i-1]+x1[ic-1]
			y0[i-1], y0[i] = tr2+tr3, ti2+ti3
			p.put(y1, 1, i, tr1-tr4, ti1+ti4)
			p.put(y2, 2, i, tr2-tr3, ti2-ti3)
			p.put(y3, 3, i, tr1+tr4, ti1-ti4)
		}
		if n%2 == 0 {
			t1, t2 := x1[0]+x3[0], x3[0]-x1[0]
			r1, r2 := x0[n-1]-x2[n-1], x0[n-1]+x2[n-1]
			y0[n-1], y2[n-1] = r2+r2, t2+t2
			y1[n-1], y3[n-1] = root2*(r1-t1), -root2*(r1+t1)
		}
	}
}
