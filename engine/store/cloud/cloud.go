// Package cloud makes s3://, gs:// and azblob:// URLs known to package store. A
// program imports it for this effect alone. It is a package of its own since
// the SDKs are a large part of a binary, and of the time to build it, that
// tests of tables and sources need not pay for.
package cloud

import (
	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/gcsblob"
	_ "gocloud.dev/blob/s3blob"
)
