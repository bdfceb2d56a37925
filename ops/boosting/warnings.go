package boosting

import (
	"fmt"
	"slices"
)

// probabilities are the objectives whose predictions are probabilities of class 1.
var probabilities = []string{"binary:logistic", "reg:logistic", "binary:hinge"}

// Warnings say where MLeap's answers are other than a reader of the bundle expects.
// They are MLeap's all the same.
func (k *classifier) Warnings() (list []string) {
	switch {
	case k.classes == 2 && k.Objective == "multi:softprob":
		list = append(list, "the objective is multi:softprob with two classes, of which MLeap takes the first output for the probability of class 1: probability, raw_prediction and prediction stand the wrong way round")
	case k.classes == 2 && !slices.Contains(probabilities, k.Objective):
		list = append(list, fmt.Sprintf("the objective is %s, whose predictions are no probabilities, and MLeap takes the first one for the probability of class 1", k.Objective))
	case k.classes != 2 && k.Predictions() == 1:
		list = append(list, fmt.Sprintf("the model gives one prediction and not %d probabilities (its objective is %s): probability has that one value, and prediction is always 0", k.classes, k.Objective))
	case k.classes != 2 && k.Predictions() != k.classes:
		list = append(list, fmt.Sprintf("the model gives %d predictions and not %d probabilities", k.Predictions(), k.classes))
	}
	return append(list, k.kernel.Warnings()...)
}

// Warnings are those of both ops.
func (k *kernel) Warnings() (list []string) {
	if k.refusal != "" {
		list = append(list, "every row is refused: "+k.refusal)
	}
	if best, stopped := k.Best(); stopped && best < k.Rounds() {
		list = append(list, fmt.Sprintf("training stopped early and was best after %d rounds, and MLeap uses all %d", best, k.Rounds()))
	}
	return list
}

// Warnings add what a number of several means.
func (k *regression) Warnings() (list []string) {
	if k.Predictions() > 1 {
		list = append(list, fmt.Sprintf("the model gives %d predictions, and MLeap uses the first", k.Predictions()))
	}
	return append(list, k.kernel.Warnings()...)
}
