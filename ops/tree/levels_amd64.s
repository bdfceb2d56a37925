//go:build !purego

#include "textflag.h"

// func levelTree(levels *level, n int, q *uint8, out *[muxRows]uint8)
TEXT ·levelTree(SB), NOSPLIT, $0-32
	MOVQ  levels+0(FP), SI
	MOVQ  n+8(FP), CX
	MOVQ  q+16(FP), R8
	MOVQ  out+24(FP), DI
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	LEAQ  -4(SI)(CX*4), SI

	// A row that sets the bit has -1 in its comparison. The last level is the
	// highest bit.
level:
	MOVWLZX      (SI), AX
	VPBROADCASTB 2(SI), Y0
	VPADDB       Y4, Y4, Y4
	VPADDB       Y5, Y5, Y5
	VPCMPGTB     (R8)(AX*1), Y0, Y2
	VPCMPGTB     32(R8)(AX*1), Y0, Y3
	VPSUBB       Y2, Y4, Y4
	VPSUBB       Y3, Y5, Y5
	SUBQ         $4, SI
	DECQ         CX
	JNZ          level
	VMOVDQU      Y4, (DI)
	VMOVDQU      Y5, 32(DI)
	VZEROUPPER
	RET
