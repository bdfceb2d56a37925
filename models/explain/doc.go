// Package explain adds to a model the columns that say why it predicts what it predicts: for each node whose
// kernel is a shap.Source it makes another node, which reads what the predictor reads and gives the values of its
// features. The columns are ordinary outputs of the graph, so that tables, rejects, contracts and records know them
// like any other.
//
// The values go to columns in one of three ways (Mode). Where the features of the predictor are columns, each has a
// column of values; where they are the slots of a vector, the values are a vector as well. A predictor of
// several outputs (classes) has a value for each of them.
package explain
