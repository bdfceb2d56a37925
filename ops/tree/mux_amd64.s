//go:build !purego

#include "textflag.h"

// func muxTree(cherries *cherry, nc int, muxes *muxSplit, nm int, q *uint8, area *ends, out *[muxRows]uint8)
TEXT ·muxTree(SB), NOSPLIT, $0-56
	MOVQ cherries+0(FP), SI
	MOVQ nc+8(FP), DX
	MOVQ q+32(FP), R8
	MOVQ area+40(FP), R9
	LEAQ 16384(R9), DI

	// A row that goes right has -1 in its comparison, which makes leaf leaf+1.
cherry:
	MOVWLZX      (SI), AX
	VPBROADCASTB 2(SI), Y0
	VPBROADCASTB 3(SI), Y1
	VPCMPGTB     (R8)(AX*1), Y0, Y2
	VPCMPGTB     32(R8)(AX*1), Y0, Y3
	VPSUBB       Y2, Y1, Y2
	VPSUBB       Y3, Y1, Y3
	VMOVDQU      Y2, (DI)
	VMOVDQU      Y3, 32(DI)
	ADDQ         $4, SI
	ADDQ         $64, DI
	DECQ         DX
	JNZ          cherry

	MOVQ  muxes+16(FP), SI
	MOVQ  nm+24(FP), DX
	TESTQ DX, DX
	JZ    done

mux:
	MOVWLZX      (SI), AX
	MOVWLZX      2(SI), BX
	MOVWLZX      4(SI), CX
	VPBROADCASTB 6(SI), Y0
	VMOVDQU      (R9)(BX*1), Y4
	VMOVDQU      32(R9)(BX*1), Y5
	VPCMPGTB     (R8)(AX*1), Y0, Y2
	VPCMPGTB     32(R8)(AX*1), Y0, Y3
	VPBLENDVB    Y2, (R9)(CX*1), Y4, Y2
	VPBLENDVB    Y3, 32(R9)(CX*1), Y5, Y3
	VMOVDQU      Y2, (DI)
	VMOVDQU      Y3, 32(DI)
	ADDQ         $8, SI
	ADDQ         $64, DI
	DECQ         DX
	JNZ          mux

done:
	MOVQ    out+48(FP), DI
	VMOVDQU Y2, (DI)
	VMOVDQU Y3, 32(DI)
	VZEROUPPER
	RET

DATA muxPowers<>+0(SB)/8, $0x8040201008040201
DATA muxPowers<>+8(SB)/8, $0x8040201008040201
DATA muxPowers<>+16(SB)/8, $0x8040201008040201
DATA muxPowers<>+24(SB)/8, $0x8040201008040201
GLOBL muxPowers<>(SB), RODATA|NOPTR, $32

// The bit of a code is bit code%8 of byte code/8: bytes 0 to 15 are in Y4, the
// others in Y5.
#define SIDE(off) \
	VMOVDQU   off(SI), Y0        \
	VPSRLW    $3, Y0, Y1         \
	VPAND     Y6, Y1, Y1         \
	VPSHUFB   Y1, Y4, Y2         \
	VPSHUFB   Y1, Y5, Y3         \
	VPBLENDVB Y0, Y3, Y2, Y2     \
	VPAND     Y7, Y0, Y1         \
	VPSHUFB   Y1, Y8, Y1         \
	VPAND     Y1, Y2, Y2         \
	VPCMPEQB  Y9, Y2, Y2         \
	VPXOR     Y10, Y2, Y2        \
	VMOVDQU   Y2, off(DI)

// func muxSide(codes *uint8, s *side, out *uint8)
TEXT ·muxSide(SB), NOSPLIT, $0-24
	MOVQ codes+0(FP), SI
	MOVQ s+8(FP), AX
	MOVQ out+16(FP), DI
	VBROADCASTI128 (AX), Y4
	VBROADCASTI128 16(AX), Y5
	MOVL           $0x0f0f0f0f, AX
	VMOVD          AX, X6
	VPBROADCASTD   X6, Y6
	MOVL           $0x07070707, AX
	VMOVD          AX, X7
	VPBROADCASTD   X7, Y7
	VMOVDQU        muxPowers<>(SB), Y8
	VPXOR          Y9, Y9, Y9
	MOVL           $0x80808080, AX
	VMOVD          AX, X10
	VPBROADCASTD   X10, Y10
	SIDE(0)
	SIDE(32)
	VZEROUPPER
	RET
