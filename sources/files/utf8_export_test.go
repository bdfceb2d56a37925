package files

var BadText = badText
