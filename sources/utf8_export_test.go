package sources

var BadText = badText
