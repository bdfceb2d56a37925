//go:build !purego

#include "textflag.h"
#include "lanes_amd64.h"

// The constants are those of log.go.

DATA logConst<>+0(SB)/8, $0x0010000000000000 // the least normal number
DATA logConst<>+8(SB)/8, $0x7fefffffffffffff // the greatest number
DATA logConst<>+16(SB)/8, $0x000fffffffffffff // the bits of a significand
DATA logConst<>+24(SB)/8, $0x3ff0000000000000 // the bits of 1
DATA logConst<>+32(SB)/8, $0xfff // the bits that choose the reciprocal
DATA logConst<>+40(SB)/8, $0x3f008000 // one half as float32, and one half of the unit to which it is rounded
DATA logConst<>+48(SB)/8, $0x3800000000000000 // from the exponent of a float32 to that of a float64
DATA logConst<>+56(SB)/8, $0xffffe00000000000 // seven bits of a significand
DATA logConst<>+64(SB)/8, $0x1fe // two times the bits that choose the table entry
DATA logConst<>+72(SB)/8, $0x4330000000000000 // 2^52
DATA logConst<>+80(SB)/8, $0x43300000000003ff // 2^52 + 1023
DATA logConst<>+88(SB)/8, $0x4030000000000000 // k is 16n
DATA logConst<>+96(SB)/8, $0x3fa62e42fefa3800 // log(2)/16, upper bits
DATA logConst<>+104(SB)/8, $0x3ceef35793c76730 // log(2)/16, the rest
DATA logConst<>+112(SB)/8, $0xbfe0000000000000 // C2 to C7
DATA logConst<>+120(SB)/8, $0x3fd5555555555555
DATA logConst<>+128(SB)/8, $0xbfd0000000000000
DATA logConst<>+136(SB)/8, $0x3fc999999999999a
DATA logConst<>+144(SB)/8, $0xbfc5555e3d6fb175
DATA logConst<>+152(SB)/8, $0x3fc2492492492492
GLOBL logConst<>(SB), RODATA|NOPTR, $160

#define LOG_NORMAL logConst<>+0(SB)
#define LOG_MAX logConst<>+8(SB)
#define LOG_MANT logConst<>+16(SB)
#define LOG_ONE logConst<>+24(SB)
#define LOG_STEP logConst<>+32(SB)
#define LOG_RCP logConst<>+40(SB)
#define LOG_WIDE logConst<>+48(SB)
#define LOG_SEVEN logConst<>+56(SB)
#define LOG_ENTRY logConst<>+64(SB)
#define LOG_MAGIC logConst<>+72(SB)
#define LOG_BIAS logConst<>+80(SB)
#define LOG_16 logConst<>+88(SB)
#define LOG_LN2_HI logConst<>+96(SB)
#define LOG_LN2_LO logConst<>+104(SB)
#define LOG_C2 logConst<>+112(SB)
#define LOG_C3 logConst<>+120(SB)
#define LOG_C4 logConst<>+128(SB)
#define LOG_C5 logConst<>+136(SB)
#define LOG_C6 logConst<>+144(SB)
#define LOG_C7 logConst<>+152(SB)

// func logLanes(dst, src *float64, blocks int) (done int)
TEXT ·logLanes(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ blocks+16(FP), CX
	LEAQ ·rcpTable(SB), R8
	LEAQ ·logTable(SB), R9
	VBROADCASTSD LOG_NORMAL, Y15
	VBROADCASTSD LOG_MAX, Y14
	VBROADCASTSD LOG_MANT, Y13
	VBROADCASTSD LOG_ONE, Y12
	VBROADCASTSD LOG_SEVEN, Y11
	VBROADCASTSD LOG_MAGIC, Y10
	XORQ DX, DX
	TESTQ CX, CX
	JZ   end

block:
	VMOVUPD   (SI), Y0
	VCMPPD    $0x1d, Y15, Y0, Y1
	VCMPPD    $0x12, Y14, Y0, Y2
	VANDPD    Y1, Y2, Y1
	VMOVMSKPD Y1, AX
	CMPL      AX, $15
	JNE       end

	// k = 16n
	VPSRLQ $52, Y0, Y9
	VPOR   Y10, Y9, Y9
	BYALL(VSUBPD, LOG_BIAS, Y1, Y9, Y9)
	BYALL(VMULPD, LOG_16, Y1, Y9, Y9)

	// b, about 1/m: the entries of rcpTable have two bytes, of which four are read
	VPSRLQ       $40, Y0, Y1
	VPBROADCASTQ LOG_STEP, Y2
	VPAND        Y2, Y1, Y1
	VPCMPEQD     X3, X3, X3
	VPXOR        X2, X2, X2
	VPGATHERQD   X3, (R8)(Y1*2), X2
	VPSLLD       $16, X2, X2
	VPSRLD       $5, X2, X2
	VPBROADCASTD LOG_RCP, X3
	VPADDD       X3, X2, X2
	VPMOVZXDQ    X2, Y2
	VPSRLQ       $15, Y2, Y1
	VPBROADCASTQ LOG_ENTRY, Y3
	VPAND        Y3, Y1, Y1 // two times the entry of logTable
	VPSLLQ       $29, Y2, Y2
	VPBROADCASTQ LOG_WIDE, Y3
	VPADDQ       Y3, Y2, Y2
	VPAND        Y11, Y2, Y2

	// r = m*b - 1
	VPAND  Y13, Y0, Y0
	VPOR   Y12, Y0, Y0
	VPAND  Y11, Y0, Y3
	VSUBPD Y3, Y0, Y0
	VMULPD Y2, Y0, Y0
	VMULPD Y2, Y3, Y3
	VSUBPD Y12, Y3, Y3
	VADDPD Y3, Y0, Y0

	// hi and lo
	GATHER((R9)(Y1*8), Y3, Y4)
	GATHER(8(R9)(Y1*8), Y3, Y5)
	BYALL(VMULPD, LOG_LN2_HI, Y1, Y9, Y1)
	VADDPD Y1, Y4, Y4
	VADDPD Y0, Y4, Y6 // hi
	VSUBPD Y6, Y4, Y4
	VADDPD Y4, Y0, Y4
	BYALL(VMULPD, LOG_LN2_LO, Y1, Y9, Y1)
	VADDPD Y5, Y1, Y1
	VADDPD Y1, Y4, Y4 // lo

	// the polynomial
	VMULPD Y0, Y0, Y1 // r^2
	BYALL(VMULPD, LOG_C6, Y2, Y0, Y2)
	BYALL(VADDPD, LOG_C5, Y3, Y2, Y2)
	VMULPD Y0, Y2, Y2
	BYALL(VMULPD, LOG_C7, Y3, Y0, Y3)
	VMULPD Y1, Y3, Y3
	VADDPD Y3, Y2, Y2 // p
	BYALL(VMULPD, LOG_C3, Y3, Y0, Y3)
	BYALL(VADDPD, LOG_C2, Y5, Y3, Y3)
	BYALL(VMULPD, LOG_C4, Y5, Y1, Y5)
	VADDPD Y5, Y3, Y3 // q
	VMULPD Y1, Y1, Y5
	VMULPD Y5, Y2, Y2
	VADDPD Y2, Y4, Y4
	VMULPD Y1, Y3, Y3
	VADDPD Y3, Y4, Y4
	VADDPD Y4, Y6, Y6

	VMOVUPD Y6, (DI)
	ADDQ    $32, SI
	ADDQ    $32, DI
	INCQ    DX
	CMPQ    DX, CX
	JNE     block

end:
	MOVQ DX, done+24(FP)
	VZEROUPPER
	RET
