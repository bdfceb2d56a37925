package xgboost

import (
	"slices"
	"strconv"
	"strings"

	"leapscore/internal/thousands"
	"leapscore/models"
	"leapscore/models/internal/trees"
	"leapscore/models/xgboost/booster"
)

// about describes a booster of which some rounds may be left out.
func about(b *booster.Booster, t *trees.Booster, whole *booster.Booster, rounds string) models.About {
	a := models.About{Kind: kindName, Writer: strings.TrimSpace("XGBoost " + b.Version), Version: b.Version, Format: b.Form}
	add := func(name, value string) { a.Facts = append(a.Facts, models.Fact{Name: name, Value: value}) }
	add("booster", b.Kind)
	add("objective", b.Objective)
	if b.Kind != "gblinear" {
		n := thousands.Text(b.Rounds())
		if b.Rounds() != whole.Rounds() {
			n += " of " + thousands.Text(whole.Rounds()) + " (" + rounds + ")"
		}
		add("iterations", n)
		add("trees", thousands.Text(b.Trees())+" with "+thousands.Text(whole.Leaves())+" leaves")
	}
	if b.Outputs > 1 {
		add("outputs", strconv.Itoa(b.Outputs))
	}
	if b.Vectors() {
		add("leaves", "vectors of "+strconv.Itoa(b.Outputs))
	}
	add("base_score", b.BaseScore())
	a.Facts = append(a.Facts, t.Describe()...)
	if c := categorical(b, t); c != "" {
		add("categories", c)
	}
	return a
}

// categorical lists the features whose values are categories.
func categorical(b *booster.Booster, t *trees.Booster) string {
	var list []string
	for i, f := range t.Features {
		switch codes, _ := b.Codes(i); {
		case codes != nil:
			list = append(list, f.Name+" ("+strconv.Itoa(len(codes))+")")
		case i < len(b.Types) && b.Types[i] == "c":
			list = append(list, f.Name+" (codes)")
		}
	}
	return strings.Join(slices.Clip(list), ", ")
}
