package shapes

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"leapscore/bundle"
	"leapscore/bundle/bundletest"
)

// Listings are rental listings: an id, a name, eight numbers and five words. A
// linear model over encoded words and scaled numbers and a forest of full trees
// over indexes and scaled numbers predict a price.
func Listings(trees, depth int) Shape {
	fields := []arrow.Field{{Name: "listing_id", Type: arrow.PrimitiveTypes.Int64}, {Name: "host_name", Type: arrow.BinaryTypes.String}}
	for _, c := range numbers {
		fields = append(fields, field(c.name, arrow.PrimitiveTypes.Float64))
	}
	for _, c := range words {
		fields = append(fields, field(c.name, arrow.BinaryTypes.String))
	}
	return Shape{
		Name: "listings", Schema: arrow.NewSchema(fields, nil), fill: fillListing,
		Models: func() []bundletest.Bundle {
			return []bundletest.Bundle{
				stages("listings.lr", append(listingFeatures(true), linear("price_prediction", listingCoefficients(), 148.5))...),
				stages("listings.rf", append(listingFeatures(false), listingForest(trees, depth))...),
			}
		},
	}
}

var (
	numbers = []struct {
		name       string
		lo, step   float64
		n          uint64
		weight     float64
		mean, sdev float64
	}{
		{"bathrooms", 0, 0.5, 9, 14.5, 2, 1.3},
		{"square_feet", 100, 0.01, 300_000, 21.25, 1600, 866},
		{"bedrooms", 0, 1, 8, 33.0625, 3.5, 2.3},
		{"security_deposit", 0, 1, 1000, 4.75, 499.5, 288.7},
		{"cleaning_fee", 0, 1, 200, 11.125, 99.5, 57.7},
		{"extra_people", 0, 1, 100, 2.5, 49.5, 28.9},
		{"number_of_reviews", 0, 1, 400, -3.375, 199.5, 115.5},
		{"review_scores_rating", 20, 1, 80, 6.75, 59.5, 23.1},
	}
	words = []struct {
		name   string
		labels []string
	}{
		{"state", []string{"Other", "NY", "CA", "London", "Berlin", "IL", "TX", "WA", "DC", "OR"}},
		{"room_type", []string{"Entire home/apt", "Private room", "Shared room"}},
		{"host_is_superhost", []string{"0.0", "1.0"}},
		{"cancellation_policy", []string{"strict", "moderate", "flexible", "super_strict_30", "super_strict_60", "no_refunds", "long_term"}},
		{"instant_bookable", []string{"0.0", "1.0"}},
	}
)

func fillListing(row int, cols []array.Builder) {
	appendLong(cols[0], int64(row))
	appendString(cols[1], fmt.Sprintf("host-%d", mix(row, 1)%100_000))
	for i, c := range numbers {
		appendDouble(cols[2+i], c.lo+float64(float64(mix(row, 2+i)%c.n)*c.step))
	}
	for i, c := range words {
		at := 2 + len(numbers) + i
		appendString(cols[at], c.labels[mix(row, at)%uint64(len(c.labels))])
	}
}

// listingFeatures indexes the words, encodes them if asked to, and scales the
// numbers.
func listingFeatures(oneHot bool) []bundletest.Node {
	var nodes []bundletest.Node
	var shapes []bundle.DataShape
	var inputs []string
	scalar := bundletest.ScalarShape
	for _, c := range words {
		nodes = append(nodes, indexer(c.name, c.labels))
		if !oneHot {
			inputs, shapes = append(inputs, c.name+"_index"), append(shapes, scalar)
			continue
		}
		n := len(c.labels) + 1
		nodes = append(nodes, bundletest.Node{
			Name: "encode_" + c.name,
			Model: bundletest.Model{Op: "one_hot_encoder", Attrs: attrs{
				"category_sizes": bundletest.Ints(int32(n)), "handle_invalid": bundletest.String("error"),
				"drop_last": bundletest.Bool(true),
			}},
			Inputs: bundletest.Sockets("input0", c.name+"_index"), Outputs: bundletest.Sockets("output0", c.name+"_vector"),
		})
		inputs, shapes = append(inputs, c.name+"_vector"), append(shapes, bundletest.VectorShape(n-1))
	}
	nodes = append(nodes, scaledNumbers()...)
	inputs, shapes = append(inputs, "scaled"), append(shapes, bundletest.VectorShape(len(numbers)))
	return append(nodes, assembler("features", inputs, shapes))
}

func scaledNumbers() []bundletest.Node {
	var names []string
	var shapes []bundle.DataShape
	var mean, std []float64
	for _, c := range numbers {
		names, shapes = append(names, c.name), append(shapes, bundletest.ScalarShape)
		mean, std = append(mean, c.mean), append(std, c.sdev)
	}
	return []bundletest.Node{assembler("numbers", names, shapes), scaler("numbers", "scaled", mean, std)}
}

func listingCoefficients() []float64 {
	var coef []float64
	for w, c := range words {
		for i := range c.labels {
			coef = append(coef, float64(mix(w, i)%4000)/16-125)
		}
	}
	for _, c := range numbers {
		coef = append(coef, c.weight)
	}
	return coef
}

func listingForest(trees, depth int) bundletest.Node {
	width := len(words) + len(numbers)
	g := grower{
		features: width,
		threshold: func(f int, h uint64) float64 {
			if f < len(words) {
				return float64(h >> 32 % uint64(len(words[f].labels)))
			}
			return float64(h>>32%64)/16 - 2 // about where scaled numbers are
		},
		leaf: func(h uint64) []float64 { return []float64{float64(h%60_000) / 128} },
	}
	member := bundletest.Model{Op: "decision_tree_regression", Attrs: attrs{"num_features": bundletest.Long(int64(width))}}
	n := forest("random_forest_regression", member, trees, func(t int) []bundle.TreeNode { return g.tree(t, depth) })
	n.Name = "random_forest"
	n.Outputs = bundletest.Sockets("prediction", "price_prediction")
	return n
}
