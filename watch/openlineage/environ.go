package openlineage

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// ParseParent reads OPENLINEAGE_PARENT_ID: namespace/job/run id, of which the
// first two may be escaped as in URLs. The empty string is no parent.
func ParseParent(s string) (*Parent, error) {
	if s == "" {
		return nil, nil
	}
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return nil, fmt.Errorf("OPENLINEAGE_PARENT_ID %q: want namespace/job/run-id", s)
	}
	id, err := uuid.Parse(parts[2])
	if err != nil {
		return nil, fmt.Errorf("OPENLINEAGE_PARENT_ID %q: want a UUID as the run's id: %w", s, err)
	}
	for i := range 2 {
		if plain, err := url.PathUnescape(parts[i]); err == nil {
			parts[i] = plain
		}
	}
	return &Parent{Namespace: parts[0], Job: parts[1], RunID: id.String()}, nil
}

// NewID returns the id of a run: its own, if that is a UUID, or else a new one,
// since every attempt is a run of its own.
func NewID(runID string) (string, error) {
	if id, err := uuid.Parse(runID); err == nil {
		return id.String(), nil
	}
	id, err := uuid.NewV7()
	return id.String(), err
}
