package lightgbm

import (
	"strconv"
	"strings"

	"leapscore/internal/thousands"
	"leapscore/models"
	"leapscore/models/internal/trees"
	"leapscore/models/lightgbm/booster"
)

// parametersShown are the parameters of the training that people ask for.
var parametersShown = []string{"boosting", "learning_rate", "num_leaves", "max_depth", "min_data_in_leaf", "bagging_fraction", "feature_fraction", "seed"}

// about describes a booster of which some rounds may be left out.
func about(b *booster.Booster, t *trees.Booster, rounds int) models.About {
	file := b.About()
	a := models.About{Kind: kindName, Writer: "LightGBM", Format: file.Format}
	add := func(name, value string) { a.Facts = append(a.Facts, models.Fact{Name: name, Value: value}) }
	add("format version", file.Version)
	add("objective", objectiveText(file.Objective))
	iterations := thousands.Text(b.Rounds())
	if b.Rounds() != rounds {
		iterations += " of " + thousands.Text(rounds)
	}
	add("iterations", iterations)
	add("trees", thousands.Text(b.Trees())+" with "+thousands.Text(file.Leaves)+" leaves")
	if file.Average {
		add("average", "predictions are averages of the iterations")
	}
	if file.Linear {
		add("linear", "leaves are linear models")
	}
	a.Facts = append(a.Facts, t.Describe()...)
	if c := categorical(b); c != "" {
		add("categories by name", c)
	}
	for _, p := range parametersShown {
		if v, ok := file.Parameters[p]; ok {
			add(p, v)
		}
	}
	return a
}

func objectiveText(objective string) string {
	if objective == "" {
		return "none: predictions are raw scores"
	}
	return objective
}

// categorical lists the features whose values are categories.
func categorical(b *booster.Booster) string {
	var list []string
	for i, name := range b.Names() {
		if c := b.Categories(i); c != nil {
			list = append(list, name+" ("+strconv.Itoa(c.Len())+")")
		}
	}
	return strings.Join(list, ", ")
}
