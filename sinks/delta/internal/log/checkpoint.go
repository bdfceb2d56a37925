package log

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// The rows of checkpoints, as far as they matter here.
type checkRow struct {
	Txn      *checkTxn      `parquet:"txn,optional"`
	Add      *checkAdd      `parquet:"add,optional"`
	Remove   *checkRemove   `parquet:"remove,optional"`
	MetaData *checkMetaData `parquet:"metaData,optional"`
	Protocol *checkProtocol `parquet:"protocol,optional"`
	Domain   *checkDomain   `parquet:"domainMetadata,optional"`
}

type checkTxn struct {
	AppID       string `parquet:"appId"`
	Version     int64  `parquet:"version"`
	LastUpdated *int64 `parquet:"lastUpdated,optional"`
}

type checkAdd struct {
	Path             string             `parquet:"path"`
	PartitionValues  map[string]*string `parquet:"partitionValues"`
	Size             int64              `parquet:"size"`
	ModificationTime int64              `parquet:"modificationTime"`
	DataChange       bool               `parquet:"dataChange"`
	Stats            *string            `parquet:"stats,optional"`
	Tags             map[string]*string `parquet:"tags,optional"`
	DeletionVector   *checkDV           `parquet:"deletionVector,optional"`
}

type checkDV struct {
	StorageType string `parquet:"storageType"`
	Path        string `parquet:"pathOrInlineDv"`
	Offset      *int32 `parquet:"offset,optional"`
	SizeInBytes int32  `parquet:"sizeInBytes"`
	Cardinality int64  `parquet:"cardinality"`
}

type checkRemove struct {
	Path                 string             `parquet:"path"`
	DeletionTimestamp    *int64             `parquet:"deletionTimestamp,optional"`
	DataChange           bool               `parquet:"dataChange"`
	ExtendedFileMetadata *bool              `parquet:"extendedFileMetadata,optional"`
	PartitionValues      map[string]*string `parquet:"partitionValues,optional"`
	Size                 *int64             `parquet:"size,optional"`
}

type checkMetaData struct {
	ID               string            `parquet:"id"`
	Name             *string           `parquet:"name,optional"`
	Description      *string           `parquet:"description,optional"`
	Format           checkFormat       `parquet:"format"`
	SchemaString     string            `parquet:"schemaString"`
	PartitionColumns []string          `parquet:"partitionColumns,list"`
	CreatedTime      *int64            `parquet:"createdTime,optional"`
	Configuration    map[string]string `parquet:"configuration"`
}

type checkFormat struct {
	Provider string            `parquet:"provider"`
	Options  map[string]string `parquet:"options"`
}

type checkProtocol struct {
	MinReader      int32    `parquet:"minReaderVersion"`
	MinWriter      int32    `parquet:"minWriterVersion"`
	ReaderFeatures []string `parquet:"readerFeatures,optional,list"`
	WriterFeatures []string `parquet:"writerFeatures,optional,list"`
}

type checkDomain struct {
	Domain        string `parquet:"domain"`
	Configuration string `parquet:"configuration"`
	Removed       bool   `parquet:"removed"`
}

// readCheckpoint adds what a file of a checkpoint says to s.
func (l *Log) readCheckpoint(ctx context.Context, name string, s *Snapshot) (err error) {
	f, err := l.Store.Open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	file, err := parquet.OpenFile(f, f.Size())
	if err != nil {
		return err
	}
	r := parquet.NewGenericReader[checkRow](file)
	defer func() { err = errors.Join(err, r.Close()) }()
	rows := make([]checkRow, 256)
	for {
		clear(rows)
		n, err := r.Read(rows)
		for i := range rows[:n] {
			s.add(rows[i].action().cloned())
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *checkRow) action() (a Action) {
	switch {
	case r.Txn != nil:
		a.Txn = &Txn{r.Txn.AppID, r.Txn.Version, r.Txn.LastUpdated}
	case r.Add != nil:
		c := r.Add
		a.Add = &Add{
			Path: c.Path, PartitionValues: c.PartitionValues, Size: c.Size, ModificationTime: c.ModificationTime,
			DataChange: c.DataChange, Tags: c.Tags,
		}
		if c.Stats != nil {
			a.Add.Stats = *c.Stats
		}
		if c.DeletionVector != nil && c.DeletionVector.StorageType != "" {
			a.Add.DeletionVector = []byte("{}")
		}
	case r.Remove != nil:
		c := r.Remove
		a.Remove = &Remove{
			Path: c.Path, DeletionTimestamp: c.DeletionTimestamp, DataChange: c.DataChange,
			ExtendedFileMetadata: c.ExtendedFileMetadata != nil && *c.ExtendedFileMetadata,
			PartitionValues:      c.PartitionValues, Size: c.Size,
		}
	case r.MetaData != nil:
		c := r.MetaData
		a.MetaData = &MetaData{
			ID: c.ID, Name: c.Name, Description: c.Description, Format: Format(c.Format), SchemaString: c.SchemaString,
			PartitionColumns: c.PartitionColumns, Configuration: c.Configuration, CreatedTime: c.CreatedTime,
		}
	case r.Protocol != nil:
		c := r.Protocol
		a.Protocol = &Protocol{int(c.MinReader), int(c.MinWriter), c.ReaderFeatures, c.WriterFeatures}
	case r.Domain != nil:
		c := r.Domain
		a.Domain = &Domain{c.Domain, c.Configuration, c.Removed}
	}
	return a
}

// cloned copies the texts that point into pages of the checkpoint.
func (a Action) cloned() Action {
	switch {
	case a.Txn != nil:
		a.Txn.AppID = strings.Clone(a.Txn.AppID)
	case a.Add != nil:
		a.Add.Path, a.Add.Stats = strings.Clone(a.Add.Path), strings.Clone(a.Add.Stats)
		a.Add.PartitionValues, a.Add.Tags = clonedMap(a.Add.PartitionValues), clonedMap(a.Add.Tags)
	case a.Remove != nil:
		a.Remove.Path, a.Remove.PartitionValues = strings.Clone(a.Remove.Path), clonedMap(a.Remove.PartitionValues)
	case a.MetaData != nil, a.Protocol != nil, a.Domain != nil:
		// They are few: the way through JSON is the shortest.
		var c Action
		text, err := json.Marshal(a)
		if err == nil && json.Unmarshal(text, &c) == nil {
			return c
		}
	}
	return a
}

func clonedMap(m map[string]*string) map[string]*string {
	if m == nil {
		return nil
	}
	c := make(map[string]*string, len(m))
	for k, v := range m {
		if v != nil {
			text := strings.Clone(*v)
			v = &text
		}
		c[strings.Clone(k)] = v
	}
	return c
}
