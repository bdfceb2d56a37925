package files

import "leapscore/sources/internal/scan"

var BadText = scan.BadText
