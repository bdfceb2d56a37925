package classification

import "leapscore/ops"

// SupportVectorMachine predicts one of two classes by the side of a plane. Its
// probabilities are its raw predictions.
var SupportVectorMachine = &ops.Op{
	Name: "support_vector_machine",
	Doc:  "Predicts one of two classes: a plane separates them. The probability is the raw prediction unchanged.",
	Attrs: []string{
		"num_classes: long, 2", "coefficients: tensor<double>", "intercept: double",
		"thresholds: list<double>, optional; raw predictions are divided by them",
	},
	Ports:  classifierPorts("n", "2"),
	Source: "SupportVectorMachineModel.scala",
	Load:   loadSupportVectorMachine,
}

type supportVectorMachine struct {
	linear
	thresholds
}

func loadSupportVectorMachine(n *ops.Node) (ops.Kernel, error) {
	twoClasses(n.Attrs)
	m := &supportVectorMachine{linear: loadLinear(n.Attrs), thresholds: loadThresholds(n.Attrs, -1)}
	if err := n.Attrs.Err(); err != nil {
		return nil, err
	}
	return newProbabilistic(n, m), nil
}

func (m *supportVectorMachine) convert([]float64, int) {}
