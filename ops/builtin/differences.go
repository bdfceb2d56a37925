package builtin

import (
	"fmt"
	"strings"
)

// Difference is a place where MLeap on the JVM has more than one answer, so that
// leapscore had to choose.
type Difference struct {
	// Ops are the wire names of the ops concerned; empty for a thing that
	// concerns many.
	Ops  []string
	What string // the heading
	Ours string // what leapscore does
	JVM  string // the other answers
	Why  string
	// Example is a case in point, or "".
	Example string
}

// Differences lists every such choice: first of single ops, then of the JVM.
func Differences() []Difference {
	return []Difference{
		{
			Ops:  []string{"decision_tree_classifier"},
			What: "Rows that reach a leaf before this one",
			Ours: "Every row gets the answer of a model that has seen no other row.",
			JVM: "In a node without raw_prediction, MLeap turns the counts of a leaf into probabilities in place. " +
				"The next row that reaches the leaf divides them by their sum once more, which can change their last bit, " +
				"and with it the prediction where two classes are tied or a value is close to a threshold.",
			Why:     "The later answers depend on the order of the rows and on the number of threads; only the first depends on the row alone.",
			Example: "Counts [1, 10, 10]: first [0.047619047619047616, 0.47619047619047616, 0.47619047619047616], later [0.04761904761904762, 0.4761904761904762, 0.4761904761904762].",
		},
		{
			Ops:     []string{"one_vs_rest"},
			What:    "Rows that reach a leaf of an inner decision_tree_classifier before this one",
			Ours:    "Every row gets the answer of a model that has seen no other row.",
			JVM:     "From the second row on that reaches the leaf, raw_prediction holds a probability instead of a count, and the score is divided once more.",
			Why:     "As for decision_tree_classifier.",
			Example: "Counts [1, 10, 10]: raw_prediction is 10 for the first row and 0.47619047619047616 for the second.",
		},
		{
			Ops: []string{
				"multinomial_labeler", "logistic_regression", "linear_svc", "decision_tree_classifier", "random_forest_classifier", "gbt_classifier", "naive_bayes",
				"multi_layer_perceptron_classifier", "support_vector_machine", "one_vs_rest", "gaussian_mixture", "aft_survival_regression", "generalized_linear_regression", "xgboost.classifier",
			},
			What: "Stages after a node with an output that is computed and not connected",
			Ours: "Later stages read the columns that they name.",
			JVM: "Where a node connects some outputs but not the prediction (of multinomial_labeler: one of its two), MLeap adds the value to the row and no column to the schema. " +
				"Every later column is then shifted by one place, and a stage that reads it gets another value or a ClassCastException. The node's own columns are as MLeap has them: link_prediction alone is the prediction.",
			Why: "Exporters always connect the prediction, and the value of an unrelated column is no answer.",
		},
		{
			Ops:  []string{"lda_local_model_op"},
			What: "Documents with large negative counts",
			Ours: "A row is refused as soon as the inference needs the digamma of a number below -5000.",
			JVM: "Gamma.digamma of Commons Math calls itself once for each whole number up to 0. Whether it returns or overflows the stack (StackOverflowError) " +
				"depends on the size of the thread's stack and on whether the JVM has compiled the method by then.",
			Why: "This needs negative counts, which no real document has. The limit is close to where a freshly started JVM overflows its stack.",
		},
		{
			What: "Order of additions in products of vectors and matrices",
			Ours: "The order of the JVM's own code without a native BLAS (Java11BLAS), with its fused multiply-add.",
			JVM:  "With a native BLAS on the library path, and with --add-modules jdk.incubator.vector, long vectors are summed in other orders, which depend on the processor. Last bits differ.",
			Why:  "A plain `java -jar` runs this code, and it gives the same bits on every machine.",
		},
		{
			What: "exp, log, log10, pow, sin, cos and tan",
			Ours: "The values of HotSpot on x86-64.",
			JVM: "HotSpot on aarch64 has other code for some of them. On x86-64, log, log10 and pow start from the processor's approximate reciprocal, " +
				"which differs between processors: two powers in a hundred thousand are known to depend on it, and no logarithm.",
			Why: "MLeap's reference values come from x86-64.",
		},
		{
			What: "Numbers as text",
			Ours: "Double.toString and Float.toString of JDK 17, in casts to string, feature_hasher and string_indexer.",
			JVM:  "JDK 19 and later print the shortest digits that read back: 1.0E23 where JDK 17 prints 9.999999999999999E22. Such a number is hashed or indexed differently.",
			Why:  "The reference is JDK 17.",
		},
		{
			What: "Lower case",
			Ours: "The rules of the root locale and of Unicode 13.",
			JVM:  "MLeap lower-cases in the JVM's default locale: in Turkish, Azeri and Lithuanian ones the letter I and its accents become other letters. Other JDKs have other versions of Unicode.",
			Why:  "The result must not depend on the machine's locale.",
		},
	}
}

// DifferencesMarkdown returns docs/differences.md.
func DifferencesMarkdown() string {
	var b strings.Builder
	b.WriteString("# Where MLeap has two answers\n\n")
	b.WriteString("Printed from `ops/builtin/differences.go` by `go test ./ops/builtin -run TestDifferences -update`. Do not edit.\n\n")
	b.WriteString("leapscore gives the bits of the MLeap runtime 0.25.2 on JDK 17, x86-64. This page lists the cases in which the runtime itself can give more than one answer for a row, and the answer that leapscore gives.\n")
	for _, d := range Differences() {
		fmt.Fprintf(&b, "\n## %s\n\n", d.What)
		if len(d.Ops) > 0 {
			fmt.Fprintf(&b, "- Op: %s\n", strings.Join(d.Ops, ", "))
		}
		fmt.Fprintf(&b, "- leapscore: %s\n- The JVM's other answer: %s\n- Why: %s\n", d.Ours, d.JVM, d.Why)
		if d.Example != "" {
			fmt.Fprintf(&b, "- Example: %s\n", d.Example)
		}
	}
	quirksMarkdown(&b)
	return b.String()
}
