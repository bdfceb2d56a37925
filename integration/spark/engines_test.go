//go:build engines

package spark

import (
	"testing"

	"leapscore/integration/tools"
)

// A session of Connect and a classic one exclude each other in one process, and
// so do two masters.

func TestSpark4Cluster(t *testing.T)  { pytest(t, tools.Python, "test_cluster.py") }
func TestSpark4Submit(t *testing.T)   { pytest(t, tools.Python, "test_submit.py") }
func TestSpark4Shipped(t *testing.T)  { pytest(t, tools.Python, "test_shipped.py") }
func TestSpark4Connect(t *testing.T)  { pytest(t, tools.Connect, "test_connect.py") }
func TestSpark35(t *testing.T)        { pytest(t, tools.Spark3, "test_score.py", "test_job.py") }
func TestSpark35Cluster(t *testing.T) { pytest(t, tools.Spark3, "test_cluster.py") }
func TestSpark35Tables(t *testing.T)  { pytest(t, tools.Spark3, "test_tables.py") }
