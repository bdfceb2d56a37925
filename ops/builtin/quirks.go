package builtin

import (
	"fmt"
	"strings"
)

// Quirk is an answer of MLeap's that surprises, and that leapscore gives as well.
type Quirk struct {
	Ops  []string
	What string // the heading
	Is   string // what both do
	Hint string // what to do about it
}

// Quirks lists them.
func Quirks() []Quirk {
	both := []string{"xgboost.classifier", "xgboost.regression"}
	return []Quirk{
		{
			Ops:  both,
			What: "Zero is missing in sparse vectors and a value in dense ones",
			Is: "XGBoost gets what a vector stores. vector_assembler leaves zeros out and stores a row of n values sparse where 1.5 * (k + 1) < n, with k the values that are not 0: " +
				"so in one table a zero is missing in one row and a value in the next. A warning names the node that makes the vectors.",
			Hint: "Score the file of the model instead (`--model model.ubj`, or `--then model.ubj` behind the features), where a zero is always a value.",
		},
		{
			Ops:  both,
			What: "missing, thresholds and others that Spark's exporter writes are not read",
			Is: "The bundle of a model that was trained with missing = 0 or with thresholds is scored without them. infer_batch_size, use_external_memory, allow_non_zero_for_missing and objective are not read either. " +
				"Nor is best_iteration of training that stopped early: all rounds count. Warnings say so of missing, unless it is NaN, of thresholds and of the rounds.",
			Hint: "tree_limit of the bundle, or `--iterations` with the file of the model, choose rounds.",
		},
		{
			Ops:  []string{"xgboost.classifier"},
			What: "Two classes with multi:softprob stand the wrong way round",
			Is:   "With num_classes 2, MLeap takes the first output of the model for the probability of class 1. That of multi:softprob is the probability of class 0. With objectives that give no probability, such as binary:logitraw, it takes the margin. A warning says so.",
			Hint: "Train with binary:logistic.",
		},
		{
			Ops:  []string{"xgboost.classifier"},
			What: "multi:softmax has one probability, and always predicts 0",
			Is:   "The model gives the number of a class, which MLeap takes for a vector of probabilities: probability has one value, the class, and prediction is the place of the greatest of them, 0. A warning says so.",
			Hint: "Train with multi:softprob, or read the class in probability.",
		},
		{
			Ops:  both,
			What: "MLeap has two implementations of these ops",
			Is: "A configuration (reference.conf) replaces XGBoost's own library by xgboost-predictor, written in Java, which `--xgboost-predictor h2o` stands for: version 0.3.18, the bits of JDK 17. " +
				"It reads the binary form of models and fewer objectives, adds base_score last, rounds exp in its own way (the last bit of many rows differs), takes infinities and vectors of any width, " +
				"counts tree_limit in trees of a class, gives trees of dart of several classes the weights of other trees, and has the outputs probability (classifier) and prediction (regression) alone.",
			Hint: "Leave the flag out unless your MLeap is configured so.",
		},
		{
			Ops:  both,
			What: "Rows are refused by their width, and all rows by tree_limit",
			Is:   "A vector of more values than the model has features is refused, a narrower one has the rest missing; num_features of the bundle is not looked at. A tree_limit beyond the rounds of the model refuses every row. So does an infinity, or a number that is none as a float, refuse its row.",
			Hint: "",
		},
	}
}

func quirksMarkdown(b *strings.Builder) {
	b.WriteString("\n# Answers of MLeap that surprise\n\nleapscore gives these as MLeap does.\n")
	for _, q := range Quirks() {
		fmt.Fprintf(b, "\n## %s\n\n- Op: %s\n- MLeap and leapscore: %s\n", q.What, strings.Join(q.Ops, ", "), q.Is)
		if q.Hint != "" {
			fmt.Fprintf(b, "- What to do: %s\n", q.Hint)
		}
	}
}
