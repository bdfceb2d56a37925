// Steps that vector code for several functions has.

// BYALL makes one step for all lanes with a constant: y = x op constant.
#define BYALL(op, constant, t, x, y) \
	VBROADCASTSD constant, t \
	op           t, x, y

// GATHER reads the numbers at four places; mask is spoiled.
#define GATHER(places, mask, x) \
	VPCMPEQD   mask, mask, mask \
	VXORPD     x, x, x          \
	VGATHERQPD mask, places, x
