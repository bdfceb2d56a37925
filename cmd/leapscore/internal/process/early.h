// Whether stdout was closed when the process started. The runtime of Go opens
// /dev/null in its place.
extern int leapscore_stdout_closed;
