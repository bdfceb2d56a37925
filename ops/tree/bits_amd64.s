//go:build !purego

#include "textflag.h"

// Rows that do not go left, NaN among them, are those for which threshold >= x is
// not true: predicate NGE_UQ, which raises nothing on a quiet NaN.
#define SPLIT(rows, mask, in) \
	VCMPPD $0x19, (rows)(AX*1), Z16, mask \
	VPANDQ Z17, in, mask, in

// The first leaf that is in is the highest bit.
#define LEAF(in, in256, off) \
	VPLZCNTQ in, in                 \
	VPMOVQD  in, in256              \
	VPADDD   Y18, in256, in256      \
	VMOVDQU  in256, off(DI)

// func bitSlots512(splits *bitSplit, n int, x *float64, stride uintptr, base int32, out *[bitRows]int32)
TEXT ·bitSlots512(SB), NOSPLIT, $0-48
	MOVQ splits+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ x+16(FP), R8
	MOVQ stride+24(FP), AX
	LEAQ (R8)(AX*1), R9
	LEAQ (R9)(AX*1), R10
	LEAQ (R10)(AX*1), R11
	LEAQ (R11)(AX*1), R12
	LEAQ (R12)(AX*1), R13
	LEAQ (R13)(AX*1), BX
	LEAQ (BX)(AX*1), DX
	VPTERNLOGD $0xff, Z0, Z0, Z0
	VMOVDQA64  Z0, Z1
	VMOVDQA64  Z0, Z2
	VMOVDQA64  Z0, Z3
	VMOVDQA64  Z0, Z4
	VMOVDQA64  Z0, Z5
	VMOVDQA64  Z0, Z6
	VMOVDQA64  Z0, Z7
	TESTQ CX, CX
	JZ    leaves

split:
	VBROADCASTSD (SI), Z16
	VPBROADCASTQ 8(SI), Z17
	MOVQ         16(SI), AX
	SPLIT(R8, K1, Z0)
	SPLIT(R9, K2, Z1)
	SPLIT(R10, K3, Z2)
	SPLIT(R11, K4, Z3)
	SPLIT(R12, K5, Z4)
	SPLIT(R13, K6, Z5)
	SPLIT(BX, K7, Z6)
	SPLIT(DX, K1, Z7)
	ADDQ $24, SI
	DECQ CX
	JNZ  split

leaves:
	MOVQ         out+40(FP), DI
	MOVL         base+32(FP), AX
	VPBROADCASTD AX, Y18
	LEAF(Z0, Y0, 0)
	LEAF(Z1, Y1, 32)
	LEAF(Z2, Y2, 64)
	LEAF(Z3, Y3, 96)
	LEAF(Z4, Y4, 128)
	LEAF(Z5, Y5, 160)
	LEAF(Z6, Y6, 192)
	LEAF(Z7, Y7, 224)
	VZEROUPPER
	RET

// With vectors of four rows a comparison gives bits all over, not a mask.
#define SPLIT4(rows, off, in) \
	VCMPPD $0x19, off(rows)(AX*1), Y8, Y10 \
	VPANDN Y10, Y9, Y10                    \
	VPANDN in, Y10, in

// func bitSets256(splits *bitSplit, n int, x *float64, stride uintptr, sets *[4 * lanes]uint64)
TEXT ·bitSets256(SB), NOSPLIT, $0-40
	MOVQ splits+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ x+16(FP), R8
	MOVQ stride+24(FP), AX
	MOVQ sets+32(FP), DI
	LEAQ (R8)(AX*1), R9
	LEAQ (R9)(AX*1), R10
	LEAQ (R10)(AX*1), R11
	VPCMPEQD Y0, Y0, Y0
	VMOVDQA  Y0, Y1
	VMOVDQA  Y0, Y2
	VMOVDQA  Y0, Y3
	VMOVDQA  Y0, Y4
	VMOVDQA  Y0, Y5
	VMOVDQA  Y0, Y6
	VMOVDQA  Y0, Y7
	TESTQ CX, CX
	JZ    sets

split:
	VBROADCASTSD (SI), Y8
	VPBROADCASTQ 8(SI), Y9
	MOVQ         16(SI), AX
	SPLIT4(R8, 0, Y0)
	SPLIT4(R8, 32, Y1)
	SPLIT4(R9, 0, Y2)
	SPLIT4(R9, 32, Y3)
	SPLIT4(R10, 0, Y4)
	SPLIT4(R10, 32, Y5)
	SPLIT4(R11, 0, Y6)
	SPLIT4(R11, 32, Y7)
	ADDQ $24, SI
	DECQ CX
	JNZ  split

sets:
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, 64(DI)
	VMOVDQU Y3, 96(DI)
	VMOVDQU Y4, 128(DI)
	VMOVDQU Y5, 160(DI)
	VMOVDQU Y6, 192(DI)
	VMOVDQU Y7, 224(DI)
	VZEROUPPER
	RET
