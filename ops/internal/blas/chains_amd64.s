//go:build !purego

#include "textflag.h"

// func chains256(y, a, x *float64, n, lanes int)
TEXT ·chains256(SB), NOSPLIT, $0-40
	MOVQ y+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ x+16(FP), DX
	MOVQ n+24(FP), CX
	MOVQ lanes+32(FP), BX
	MOVQ BX, R8
	SHLQ $3, R8 // bytes from one term to the next

sixteen:
	CMPQ   BX, $16
	JLT    four
	MOVQ   SI, R9
	XORQ   AX, AX
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD 64(DI), Y2
	VMOVUPD 96(DI), Y3

term16:
	VBROADCASTSD (DX)(AX*8), Y4
	VFMADD231PD  (R9), Y4, Y0
	VFMADD231PD  32(R9), Y4, Y1
	VFMADD231PD  64(R9), Y4, Y2
	VFMADD231PD  96(R9), Y4, Y3
	ADDQ         R8, R9
	INCQ         AX
	CMPQ         AX, CX
	JLT          term16
	VMOVUPD      Y0, (DI)
	VMOVUPD      Y1, 32(DI)
	VMOVUPD      Y2, 64(DI)
	VMOVUPD      Y3, 96(DI)
	ADDQ         $128, DI
	ADDQ         $128, SI
	SUBQ         $16, BX
	JMP          sixteen

four:
	TESTQ  BX, BX
	JZ     end
	MOVQ   SI, R9
	XORQ   AX, AX
	VMOVUPD (DI), Y0

term4:
	VBROADCASTSD (DX)(AX*8), Y4
	VFMADD231PD  (R9), Y4, Y0
	ADDQ         R8, R9
	INCQ         AX
	CMPQ         AX, CX
	JLT          term4
	VMOVUPD      Y0, (DI)
	ADDQ         $32, DI
	ADDQ         $32, SI
	SUBQ         $4, BX
	JMP          four

end:
	VZEROUPPER
	RET
