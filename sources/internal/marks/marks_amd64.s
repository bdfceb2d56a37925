//go:build !purego

#include "textflag.h"

// func masks256(text *byte, steps int, of *[4]byte, out *uint64) (high uint64)
TEXT ·masks256(SB), NOSPLIT, $0-40
	MOVQ text+0(FP), SI
	MOVQ steps+8(FP), CX
	MOVQ of+16(FP), BX
	MOVQ out+24(FP), DI
	VPBROADCASTB 0(BX), Y4
	VPBROADCASTB 1(BX), Y5
	VPBROADCASTB 2(BX), Y6
	VPBROADCASTB 3(BX), Y7
	VPXOR Y8, Y8, Y8

masksStep:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1
	VPOR Y0, Y8, Y8
	VPOR Y1, Y8, Y8
	VPCMPEQB Y4, Y0, Y2
	VPCMPEQB Y5, Y0, Y3
	VPOR Y3, Y2, Y2
	VPCMPEQB Y6, Y0, Y3
	VPOR Y3, Y2, Y2
	VPCMPEQB Y7, Y0, Y3
	VPOR Y3, Y2, Y2
	VPMOVMSKB Y2, AX
	VPCMPEQB Y4, Y1, Y2
	VPCMPEQB Y5, Y1, Y3
	VPOR Y3, Y2, Y2
	VPCMPEQB Y6, Y1, Y3
	VPOR Y3, Y2, Y2
	VPCMPEQB Y7, Y1, Y3
	VPOR Y3, Y2, Y2
	VPMOVMSKB Y2, DX
	SHLQ $32, DX
	ORQ DX, AX
	MOVQ AX, (DI)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ masksStep

	VPMOVMSKB Y8, AX
	MOVQ AX, high+32(FP)
	VZEROUPPER
	RET

// func lines256(text *byte, steps int, end, quote byte) (n, lines int)
//
// A step with a quote, or with a byte up to the space behind a line end, ends it.
TEXT ·lines256(SB), NOSPLIT, $0-40
	MOVQ text+0(FP), SI
	MOVQ steps+8(FP), CX
	VPBROADCASTB end+16(FP), Y4
	VPBROADCASTB quote+17(FP), Y5
	MOVL $0x20202020, AX
	VMOVD AX, X6
	VPBROADCASTD X6, Y6
	XORQ R8, R8   // lines
	XORQ R9, R9   // where the step is
	XORQ R10, R10 // behind the last line end
	XORQ R11, R11 // 1 if the byte before the step is a line end

linesStep:
	VMOVDQU (SI)(R9*1), Y0
	VMOVDQU 32(SI)(R9*1), Y1
	VPCMPEQB Y5, Y0, Y2
	VPCMPEQB Y5, Y1, Y3
	VPOR Y3, Y2, Y2
	VPMOVMSKB Y2, AX
	TESTL AX, AX
	JNZ linesDone
	VPCMPEQB Y4, Y0, Y2
	VPMOVMSKB Y2, AX
	VPCMPEQB Y4, Y1, Y2
	VPMOVMSKB Y2, DX
	SHLQ $32, DX
	ORQ DX, AX // line ends
	VPMINUB Y6, Y0, Y2
	VPCMPEQB Y0, Y2, Y2
	VPMOVMSKB Y2, BX
	VPMINUB Y6, Y1, Y3
	VPCMPEQB Y1, Y3, Y3
	VPMOVMSKB Y3, DX
	SHLQ $32, DX
	ORQ DX, BX // bytes up to the space
	LEAQ (R11)(AX*2), DX
	TESTQ BX, DX
	JNZ linesDone
	MOVQ AX, R11
	SHRQ $63, R11
	TESTQ AX, AX
	JZ linesNext
	POPCNTQ AX, DX
	ADDQ DX, R8
	BSRQ AX, DX
	LEAQ 1(R9)(DX*1), R10

linesNext:
	ADDQ $64, R9
	DECQ CX
	JNZ linesStep

linesDone:
	MOVQ R10, n+24(FP)
	MOVQ R8, lines+32(FP)
	VZEROUPPER
	RET
