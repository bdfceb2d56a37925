package marker_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"leapscore/sinks/internal/marker"
)

// Whenever a sign of life is given, the marker has one length.
func TestMarkersKeepTheirLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := ""
		for range 50 {
			data, err := json.Marshal(marker.Marker{RunID: "r", Owner: marker.Process("r"), Beat: marker.Now(), Every: 600})
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(data)
			}
			if len(data) != len(first) {
				t.Errorf("%s has another length than %s", data, first)
			}
			time.Sleep(12345678910 * time.Nanosecond / 10)
		}
	})
}
