// Package opstest compares ops with their case files, which hold the answer of
// the real MLeap to each row. It runs every case through the pipeline, so that
// the casts at the ports are tested with the op.
//
// Each model of a file is run whole, in batches of 1, 2 and 3 rows, tiled to a
// large batch, over sliced arrays, in another order, and by two goroutines at
// once; all must give the expected bits. No memory may leak and no input may
// change.
package opstest
