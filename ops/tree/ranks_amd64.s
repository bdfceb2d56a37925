//go:build !purego

#include "textflag.h"

// A level of the search looks at 16 thresholds, whose comparisons become two bits
// each. BX is twice the number of thresholds, in steps of this level, that the value
// is not above; AX runs over the levels.
#define SEARCH \
	MOVQ          levels+16(FP), AX \
	MOVQ          depth+24(FP), CX  \
	XORL          BX, BX            \
level:                              \
	MOVQ          (AX), DX          \
	SHLQ          $6, BX            \
	VCMPPD        $0x12, (DX)(BX*1), Y0, Y1   \
	VCMPPD        $0x12, 32(DX)(BX*1), Y0, Y2 \
	VCMPPD        $0x12, 64(DX)(BX*1), Y0, Y3 \
	VCMPPD        $0x12, 96(DX)(BX*1), Y0, Y4 \
	VPACKSSDW     Y2, Y1, Y1        \
	VPACKSSDW     Y4, Y3, Y3        \
	VPACKSSWB     Y3, Y1, Y1        \
	VPMOVMSKB     Y1, DX            \
	POPCNTL       DX, DX            \
	SHRQ          $2, BX            \
	ADDQ          DX, BX            \
	ADDQ          $8, AX            \
	DECQ          CX                \
	JNZ           level

// func searchBytes(x *float64, n int, levels *unsafe.Pointer, depth int, gone int, out *uint8)
TEXT ·searchBytes(SB), NOSPLIT, $0-48
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), R8
	MOVQ gone+32(FP), R9
	MOVQ out+40(FP), DI

row:
	VBROADCASTSD (SI), Y0
	SEARCH
	SHRL         $1, BX
	UCOMISD      X0, X0
	CMOVLPS      R9, BX
	XORL         $0x80, BX
	MOVB         BX, (DI)
	ADDQ         $8, SI
	INCQ         DI
	DECQ         R8
	JNZ          row
	VZEROUPPER
	RET

// func searchWords(x *float64, n int, levels *unsafe.Pointer, depth int, gone int, out *uint16)
TEXT ·searchWords(SB), NOSPLIT, $0-48
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), R8
	MOVQ gone+32(FP), R9
	MOVQ out+40(FP), DI

row:
	VBROADCASTSD (SI), Y0
	SEARCH
	SHRL         $1, BX
	UCOMISD      X0, X0
	CMOVLPS      R9, BX
	MOVW         BX, (DI)
	ADDQ         $8, SI
	ADDQ         $2, DI
	DECQ         R8
	JNZ          row
	VZEROUPPER
	RET
