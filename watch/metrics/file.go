package metrics

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"leapscore/runs"
)

// WriteFile writes the metrics of a run to the file path, in place of those of the
// same names that are there. The file is replaced as a whole: the collector never
// sees half of it. A file that cannot be read is replaced too.
func WriteFile(path string, r *runs.Record, o Options) error {
	families, err := registry(r, o.labels()).Gather()
	if err != nil {
		return err
	}
	old, err := readFile(path)
	if err != nil {
		return err
	}
	for _, f := range families {
		delete(old, f.GetName())
	}
	for _, name := range renamed {
		delete(old, name)
	}
	for _, f := range old {
		families = append(families, f)
	}
	slices.SortFunc(families, func(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) })
	var text bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&text, f); err != nil {
			return err
		}
	}
	return replace(path, text.Bytes())
}

// renamed are metrics that earlier versions wrote as counters.
var renamed = []string{"leapscore_rows_total", "leapscore_rejected_rows_total"}

func readFile(path string) (map[string]*dto.MetricFamily, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	old, err := parser.TextToMetricFamilies(bytes.NewReader(data))
	if err != nil {
		return nil, nil
	}
	return old, nil
}

// replace puts data where path is, in one step. The collector ignores names that
// do not end in .prom.
func replace(path string, data []byte) error {
	name := filepath.Join(filepath.Dir(path), ".leapscore-"+rand.Text()+".tmp")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // less the umask
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
