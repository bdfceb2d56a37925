//go:build !purego

#include "textflag.h"
#include "lanes_amd64.h"

// The constants are those of exp.go.

DATA expConst<>+0(SB)/8, $0xc087500000000000 // below this the result is 0
DATA expConst<>+8(SB)/8, $0xc083580000000000 // from here on it is a normal number that needs one scaling
DATA expConst<>+16(SB)/8, $0x4086280000000000 // and up to here
DATA expConst<>+24(SB)/8, $0x40571547652b82fe // 64/log(2)
DATA expConst<>+32(SB)/8, $0x4338000000000000 // adding it rounds to an integer
DATA expConst<>+40(SB)/8, $0x3f862e42fefa0000 // log(2)/64, upper bits
DATA expConst<>+48(SB)/8, $0x3d1cf79abc9e3b3a // log(2)/64, the rest
DATA expConst<>+56(SB)/8, $0x3fdffffffffffffe // C2 to C6
DATA expConst<>+64(SB)/8, $0x3fc5555555548ba1
DATA expConst<>+72(SB)/8, $0x3fa55555555b9e25
DATA expConst<>+80(SB)/8, $0x3f811115c090cf0f
DATA expConst<>+88(SB)/8, $0x3f56c15ce3289860
DATA expConst<>+96(SB)/8, $0x3f // the bits that choose the table entry
DATA expConst<>+104(SB)/8, $0x3ff0000000000000 // the bits of 1
GLOBL expConst<>(SB), RODATA|NOPTR, $112

#define EXP_ABOVE expConst<>+0(SB)
#define EXP_LOW expConst<>+8(SB)
#define EXP_HIGH expConst<>+16(SB)
#define EXP_64_LN2 expConst<>+24(SB)
#define EXP_SHIFT expConst<>+32(SB)
#define EXP_LN2_HI expConst<>+40(SB)
#define EXP_LN2_LO expConst<>+48(SB)
#define EXP_C2 expConst<>+56(SB)
#define EXP_C3 expConst<>+64(SB)
#define EXP_C4 expConst<>+72(SB)
#define EXP_C5 expConst<>+80(SB)
#define EXP_C6 expConst<>+88(SB)
#define EXP_INDEX expConst<>+96(SB)
#define EXP_ONE expConst<>+104(SB)

// func expLanes(dst, src *float64, blocks int) (done int)
TEXT ·expLanes(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ blocks+16(FP), CX
	LEAQ ·expTable(SB), R8
	VBROADCASTSD EXP_ABOVE, Y15
	VBROADCASTSD EXP_LOW, Y14
	VBROADCASTSD EXP_HIGH, Y13
	VBROADCASTSD EXP_64_LN2, Y12
	VBROADCASTSD EXP_SHIFT, Y11
	XORQ DX, DX
	TESTQ CX, CX
	JZ   end

block:
	VMOVUPD   (SI), Y0
	VCMPPD    $0x11, Y15, Y0, Y10 // x < -746: the result is 0
	VCMPPD    $0x1d, Y14, Y0, Y1
	VCMPPD    $0x12, Y13, Y0, Y2
	VANDPD    Y1, Y2, Y1
	VORPD     Y1, Y10, Y1
	VMOVMSKPD Y1, AX
	CMPL      AX, $15
	JNE       end

	// m, and r = x - m*log(2)/64 in two steps
	VMULPD Y12, Y0, Y1
	VADDPD Y11, Y1, Y1
	VSUBPD Y11, Y1, Y2
	BYALL(VMULPD, EXP_LN2_HI, Y3, Y2, Y3)
	VSUBPD Y3, Y0, Y0
	BYALL(VMULPD, EXP_LN2_LO, Y3, Y2, Y3)
	VSUBPD Y3, Y0, Y0

	// the entry of the table, and the scale
	VPBROADCASTQ EXP_INDEX, Y2
	VPAND        Y2, Y1, Y2
	VPADDQ       Y2, Y2, Y2
	GATHER((R8)(Y2*8), Y3, Y4)
	GATHER(8(R8)(Y2*8), Y3, Y5)
	VPSRLQ       $6, Y1, Y1
	VPSLLQ       $52, Y1, Y1
	VPBROADCASTQ EXP_ONE, Y3
	VPADDQ       Y3, Y1, Y1
	VPOR         Y5, Y1, Y1

	// the polynomial
	VMULPD Y0, Y0, Y2 // r^2
	VMULPD Y2, Y0, Y3 // r^3
	BYALL(VMULPD, EXP_C6, Y5, Y0, Y5)
	BYALL(VADDPD, EXP_C5, Y6, Y5, Y5)
	VMULPD Y2, Y3, Y6
	VMULPD Y5, Y6, Y5 // odd
	BYALL(VMULPD, EXP_C4, Y6, Y0, Y6)
	BYALL(VADDPD, EXP_C3, Y7, Y6, Y6)
	VMULPD Y6, Y3, Y6 // even
	VADDPD Y4, Y0, Y0
	VADDPD Y5, Y0, Y0
	VADDPD Y0, Y6, Y0
	BYALL(VMULPD, EXP_C2, Y5, Y2, Y5)
	VADDPD Y5, Y0, Y0

	VMULPD  Y1, Y0, Y0
	VADDPD  Y1, Y0, Y0
	VANDNPD Y0, Y10, Y0
	VMOVUPD Y0, (DI)
	ADDQ    $32, SI
	ADDQ    $32, DI
	INCQ    DX
	CMPQ    DX, CX
	JNE     block

end:
	MOVQ DX, done+24(FP)
	VZEROUPPER
	RET
