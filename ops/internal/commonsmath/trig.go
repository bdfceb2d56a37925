package commonsmath

// sines and cosines are sin(i/8) and cos(i/8), in two parts.
var (
	sines = [14][2]float64{
		{0, 0},
		{0.1246747374534607, -4.068233003401932e-9},
		{0.24740394949913025, 9.755392680573412e-9},
		{0.366272509098053, 1.9987994582857286e-8},
		{0.4794255495071411, -1.0902938113007961e-8},
		{0.5850973129272461, -3.9986783938944604e-8},
		{0.6816387176513672, 4.23719669792332e-8},
		{0.7675435543060303, -5.207000323380292e-8},
		{0.8414709568023682, 2.800552834259e-8},
		{0.902267575263977, 1.883511811213715e-8},
		{0.9489846229553223, -3.5997360512765566e-9},
		{0.9808930158615112, 4.116164446561962e-8},
		{0.9974949359893799, 5.0614674548127384e-8},
		{0.9985313415527344, -1.0129027912496858e-9},
	}
	cosines = [14][2]float64{
		{1, 0},
		{0.9921976327896118, 3.4439717236742845e-8},
		{0.9689123630523682, 5.865827662008209e-8},
		{0.9305076599121094, -3.7999795083850525e-8},
		{0.8775825500488281, 1.184154459111628e-8},
		{0.8109631538391113, -3.43338934259355e-8},
		{0.7316888570785522, 1.1795268640216787e-8},
		{0.6409968137741089, 4.438921624363781e-8},
		{0.5403022766113281, 2.925681159240093e-8},
		{0.4311765432357788, -2.6437112632041807e-8},
		{0.3153223395347595, 2.2860509143963117e-8},
		{0.19454771280288696, -4.813899778443457e-9},
		{0.07073719799518585, 3.6725170580355583e-9},
		{-0.05417713522911072, 2.0217439756338078e-10},
	}
)

// sinCos returns sine and cosine as FastMath.sin and FastMath.cos do, for
// arguments from 0 to 3294198. nextGaussian stays below 2*pi.
func sinCos(x float64) (sin, cos float64) {
	if x == 0 {
		return 0, 1
	}
	quadrant, xa, xb := 0, x, 0.0
	if x > 1.5707963267948966 {
		quadrant, xa, xb = codyWaite(x)
	}
	s, c := sinQ(xa, xb), cosQ(xa, xb)
	switch quadrant & 3 {
	case 0:
		return s, c
	case 1:
		return c, -s
	case 2:
		return -s, -c
	default:
		return -c, s
	}
}

// codyWaite reduces x to a quadrant and a rest in two parts.
func codyWaite(x float64) (k int, restA, restB float64) {
	for k = int(x * 0.6366197723675814); ; k-- {
		n := float64(-k)
		a := float64(n * 1.570796251296997)
		r := x + a
		restB = -(r - x - a)

		a, b := float64(n*7.549789948768648e-8), r
		r = a + b
		restB += -(r - b - a)

		a, b = float64(n*6.123233995736766e-17), r
		r = a + b
		restB += -(r - b - a)
		if r > 0 {
			return k, r, restB
		}
	}
}

// sinQ returns the sine of xa+xb for xa from 0 to pi/2.
func sinQ(xa, xb float64) float64 {
	i := int(float64(xa*8) + 0.5)
	eps := xa - float64(float64(i)*0.125)
	sinA, sinB := sines[i][0], sines[i][1]
	cosA, cosB := cosines[i][0], cosines[i][1]

	sinEps, cosEps := polySine(eps), polyCosine(eps)
	epsA := cut(eps)
	sinEps += eps - epsA

	a, b := sinA, 0.0
	a, b = addTo(a, b, float64(cosA*epsA))
	b = b + float64(sinA*cosEps) + float64(cosA*sinEps)
	b = b + sinB + float64(cosB*epsA) + float64(sinB*cosEps) + float64(cosB*sinEps)
	if xb != 0 {
		t := float64((cosA+cosB)*(1+cosEps)) - float64((sinA+sinB)*(epsA+sinEps))
		a, b = addTo(a, b, float64(t*xb))
	}
	return a + b
}

// cosQ returns the cosine of xa+xb for xa from 0 to pi/2.
func cosQ(xa, xb float64) float64 {
	const halfPiA, halfPiB = 1.5707963267948966, 6.123233995736766e-17
	a := halfPiA - xa
	b := -(a - halfPiA + xa)
	b += halfPiB - xb
	return sinQ(a, b)
}

// polySine returns sin(x) - x for small x.
func polySine(x float64) float64 {
	x2 := float64(x * x)
	p := 2.7553817452272217e-6
	p = float64(p*x2) + -1.9841269659586505e-4
	p = float64(p*x2) + 0.008333333333329196
	p = float64(p*x2) + -0.16666666666666666
	return float64(p * x2 * x)
}

// polyCosine returns cos(x) - 1 for small x.
func polyCosine(x float64) float64 {
	x2 := float64(x * x)
	p := 2.479773539153719e-5
	p = float64(p*x2) + -0.0013888888689039883
	p = float64(p*x2) + 0.041666666666621166
	p = float64(p*x2) + -0.49999999999999994
	return float64(p * x2)
}
