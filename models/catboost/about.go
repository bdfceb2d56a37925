package catboost

import (
	"regexp"

	"leapscore/internal/similar"
	"leapscore/internal/thousands"
	"leapscore/models"
	"leapscore/models/catboost/booster"
	"leapscore/models/internal/trees"
)

// versionOf finds the version in what CatBoost notes of its build.
var versionOf = regexp.MustCompile(`tags/v([0-9.]+)`)

// about describes a booster of which some trees may be left out.
func about(b *booster.Booster, t *trees.Booster, rounds int) models.About {
	a := models.About{Kind: kindName, Writer: "CatBoost", Format: b.Format, UID: b.Info["model_guid"], Timestamp: b.Info["train_finish_time"]}
	if v := versionOf.FindStringSubmatch(b.Info["catboost_version_info"]); v != nil {
		a.Version = v[1]
		a.Writer += " " + v[1]
	}
	add := func(name, value string) {
		if value != "" {
			a.Facts = append(a.Facts, models.Fact{Name: name, Value: value})
		}
	}
	loss := b.Objective
	if loss == "" {
		loss = "not in the file: predictions are raw"
	}
	add("loss", loss)
	add("trees", size(b, rounds))
	if len(b.Labels.Texts) > 0 {
		add("classes", thousands.Text(len(b.Labels.Texts))+": "+similar.List(b.Labels.Texts))
	}
	a.Facts = append(a.Facts, t.Describe()...)
	var categories, unused []string
	for i, f := range t.Features {
		if b.Category(i) {
			categories = append(categories, f.Name)
		}
		if !b.Used(i) {
			unused = append(unused, f.Name)
		}
	}
	add("categories", similar.List(categories))
	add("unused features", similar.List(unused))
	return a
}

// size says how many trees count, of which shape.
func size(b *booster.Booster, rounds int) string {
	count := thousands.Text(b.Rounds())
	if b.Rounds() != rounds {
		count += " of " + thousands.Text(rounds)
	}
	shape := "symmetric"
	if !b.Oblivious {
		shape = "not symmetric"
	}
	return count + " (" + shape + ") with " + thousands.Text(b.Leaves()) + " leaves"
}
