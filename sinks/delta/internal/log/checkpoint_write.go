package log

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
)

// Defaults of table properties.
const (
	checkpointInterval = 10
	removedRetention   = 7 * 24 * time.Hour
)

// CheckpointDue reports whether the writer of the version of s should write a
// checkpoint.
func (s *Snapshot) CheckpointDue() bool {
	every := int64(checkpointInterval)
	if n, err := strconv.ParseInt(s.Meta.Configuration["delta.checkpointInterval"], 10, 64); err == nil && n > 0 {
		every = n
	}
	return s.Version > 0 && s.Version%every == 0
}

// WriteCheckpoint writes the state as a checkpoint of one file, which spares
// readers the commits up to there. Files that were removed are in it as long as
// the table may want them back.
func (l *Log) WriteCheckpoint(ctx context.Context, s *Snapshot, now time.Time) error {
	rows := s.rows(now)
	w, err := l.Store.Create(ctx, l.name(fmt.Sprintf("%020d.checkpoint.parquet", s.Version)), false)
	if err != nil {
		return err
	}
	p := parquet.NewGenericWriter[checkRow](w, parquet.Compression(&parquet.Snappy))
	_, err = p.Write(rows)
	if err == nil {
		err = p.Close()
	}
	if err != nil {
		w.Abort()
		return err
	}
	if err := w.Commit(); err != nil {
		return err
	}
	last, err := json.Marshal(map[string]int64{"version": s.Version, "size": int64(len(rows)), "numOfAddFiles": int64(len(s.Files))})
	if err != nil {
		return err
	}
	return l.Store.WriteFile(ctx, l.name("_last_checkpoint"), last)
}

func (s *Snapshot) rows(now time.Time) []checkRow {
	p := s.Protocol
	m := s.Meta
	rows := []checkRow{
		{Protocol: &checkProtocol{int32(p.MinReader), int32(p.MinWriter), p.ReaderFeatures, p.WriterFeatures}},
		{MetaData: &checkMetaData{
			ID: m.ID, Name: m.Name, Description: m.Description, Format: checkFormat(m.Format), SchemaString: m.SchemaString,
			PartitionColumns: m.PartitionColumns, CreatedTime: m.CreatedTime, Configuration: m.Configuration,
		}},
	}
	for _, k := range slices.Sorted(maps.Keys(s.Txns)) {
		t := s.Txns[k]
		rows = append(rows, checkRow{Txn: &checkTxn{t.AppID, t.Version, t.LastUpdated}})
	}
	for _, k := range slices.Sorted(maps.Keys(s.Domains)) {
		if d := s.Domains[k]; !d.Removed {
			rows = append(rows, checkRow{Domain: &checkDomain{d.Domain, d.Configuration, false}})
		}
	}
	_, custom := m.Configuration["delta.deletedFileRetentionDuration"]
	before := now.Add(-removedRetention).UnixMilli()
	for _, k := range slices.Sorted(maps.Keys(s.Removed)) {
		r := s.Removed[k]
		if custom || r.DeletionTimestamp != nil && *r.DeletionTimestamp > before {
			extended := r.ExtendedFileMetadata
			rows = append(rows, checkRow{Remove: &checkRemove{r.Path, r.DeletionTimestamp, false, &extended, r.PartitionValues, r.Size}})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(s.Files)) {
		a := s.Files[k]
		row := &checkAdd{
			Path: a.Path, PartitionValues: a.PartitionValues, Size: a.Size, ModificationTime: a.ModificationTime, Tags: a.Tags,
		}
		if a.Stats != "" {
			row.Stats = &a.Stats
		}
		rows = append(rows, checkRow{Add: row})
	}
	return rows
}
