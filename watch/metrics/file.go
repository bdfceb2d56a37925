package metrics

import (
	"bytes"
	"cmp"
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
	f, err := os.CreateTemp(filepath.Dir(path), ".leapscore-*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
