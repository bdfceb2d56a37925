package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"leapscore/internal/clean"
)

// gauges fills a registry.
type gauges struct {
	reg    *prometheus.Registry
	labels prometheus.Labels
}

const namespace = "leapscore"

func (g *gauges) set(name, help string, v float64) {
	m := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help, ConstLabels: g.labels})
	g.reg.MustRegister(m)
	m.Set(v)
}

// setter sets the value of one combination of labels.
type setter func(v float64, labels ...string)

func (g *gauges) vector(name, help string, labels ...string) setter {
	m := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help, ConstLabels: g.labels}, labels)
	g.reg.MustRegister(m)
	return func(v float64, labels ...string) { m.WithLabelValues(lines(labels)...).Set(v) }
}

// lines makes values of labels that Prometheus accepts, which refuses text that
// is not UTF-8, and that are safe to show on a terminal.
func lines(labels []string) []string {
	for i, l := range labels {
		labels[i] = clean.Line(l)
	}
	return labels
}
