package booster

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

type jsonStats struct {
	Stride      int     `json:"hash_stride"`
	Denominator int32   `json:"counter_denominator"`
	Map         hashMap `json:"hash_map"`
}

// hashMap is a list of hashes, which are texts, and numbers.
type hashMap []hashItem

type hashItem struct {
	hash   uint64
	number float64
	isHash bool
}

func (h *hashItem) UnmarshalJSON(data []byte) (err error) {
	if h.isHash = len(data) > 1 && data[0] == '"'; h.isHash {
		h.hash, err = strconv.ParseUint(string(data[1:len(data)-1]), 10, 64)
		return err
	}
	h.number, err = strconv.ParseFloat(string(data), 64)
	return err
}

func (m *jsonModel) statistics(c *content) error {
	for key, raw := range m.Stats {
		var base struct {
			Type       string        `json:"type"`
			Identifier []jsonElement `json:"identifier"`
		}
		if err := json.Unmarshal([]byte(key), &base); err != nil {
			return fmt.Errorf("ctr_data: the key %.80q: %w", key, err)
		}
		b, err := baseOf(base.Type, base.Identifier)
		if err != nil {
			return err
		}
		s, err := raw.table(b.kind)
		if err != nil {
			return err
		}
		c.stats[b.key()] = s
	}
	return nil
}

var errHashMap = errors.New("ctr_data: hash_map is not a list of hashes, each with hash_stride-1 numbers behind it")

func (raw *jsonStats) table(kind ctrType) (*stats, error) {
	s := &stats{denominator: raw.Denominator}
	isMean := kind == ctrBinarizedMean || kind == ctrFloatMean
	want := raw.Stride
	switch {
	case isMean:
		want = 3
	case kind == ctrCounter || kind == ctrFeatureFreq:
		want = 2
	default:
		s.classes = raw.Stride - 1
	}
	if raw.Stride != want || raw.Stride < 2 || len(raw.Map)%raw.Stride != 0 || kind == ctrBorders && raw.Stride < 3 {
		return nil, errHashMap
	}
	s.index = newIndex(len(raw.Map) / raw.Stride)
	for i := 0; i < len(raw.Map); i += raw.Stride {
		row := raw.Map[i : i+raw.Stride]
		for k, item := range row {
			if item.isHash != (k == 0) {
				return nil, errHashMap
			}
		}
		at := uint32(i / raw.Stride)
		if isMean {
			s.means = append(s.means, mean{float32(row[1].number), int32(row[2].number)})
		} else {
			for _, item := range row[1:] {
				s.counts = append(s.counts, int32(item.number))
			}
		}
		if row[0].hash != noCategory {
			s.index.put(row[0].hash, int32(at))
		}
	}
	return s, nil
}
