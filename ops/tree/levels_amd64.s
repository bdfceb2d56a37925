//go:build !purego

#include "textflag.h"

// func levelTree(levels *level, n int, q *uint8, group uintptr, out *uint8, groups int)
TEXT ·levelTree(SB), NOSPLIT, $0-48
	MOVQ levels+0(FP), BX
	MOVQ n+8(FP), DX
	MOVQ q+16(FP), R8
	MOVQ group+24(FP), R9
	MOVQ out+32(FP), DI
	MOVQ groups+40(FP), R10
	LEAQ -4(BX)(DX*4), BX

group:
	MOVQ  BX, SI
	MOVQ  DX, CX
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5

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
	ADDQ         R9, R8
	ADDQ         $64, DI
	DECQ         R10
	JNZ          group
	VZEROUPPER
	RET
