package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"leapscore/ops"
	"leapscore/sources"
)

// FileRejects are the files that a source has left out of a run. Its Add is for
// sources.Options.Reject. In the table of rejects each is a row with code "file",
// nulls for the columns of the source, and fileRow as the number of the row; none
// of its rows counts as read.
type FileRejects struct {
	mu    sync.Mutex
	files []sources.RejectedFile
}

// fileRow stands for the number of a row where a whole file was rejected.
const fileRow = -1

// Add notes a file.
func (f *FileRejects) Add(file sources.RejectedFile) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = append(f.files, file)
}

// Files returns the files that were noted so far. f may be nil.
func (f *FileRejects) Files() []sources.RejectedFile {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.files
}

// reason says what is wrong with a file, and how many rows are missing because of
// it, as far as that is known.
func reason(f sources.RejectedFile) string {
	err := f.Err
	if named := (*sources.FileError)(nil); errors.As(err, &named) && named.Name == f.Name {
		err = named.Err
	}
	if f.Rows < 0 {
		return err.Error()
	}
	return fmt.Sprintf("%v (%d rows)", err, f.Rows)
}

// HasRejects reports whether the job writes a table of rejects.
func (j *Job) HasRejects() bool { return j.Reject || j.Files != nil }

// rejectFiles writes the files that were left out as the part of the rejects
// behind those of all splits.
func (r *Run) rejectFiles(ctx context.Context) error {
	files := r.Plan.Job.Files.Files()
	if r.Rejects == nil || len(files) == 0 {
		return nil
	}
	part, err := r.Rejects.Part(ctx, int(r.splits.Load()))
	if err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	rec := r.Plan.fileRecord(r.Mem, files)
	defer rec.Release()
	if err := part.Write(rec); err != nil {
		part.Abort()
		return fmt.Errorf("rejects: %w", err)
	}
	if err := part.Commit(ctx); err != nil {
		return fmt.Errorf("rejects: %w", err)
	}
	r.causes.add(fileCause, int64(len(files)))
	r.Info.FilesRejected = int64(len(files))
	return nil
}

// fileRecord returns the rows of the table of rejects for files.
func (p *Plan) fileRecord(mem memory.Allocator, files []sources.RejectedFile) arrow.Record {
	n := len(files)
	var cols []arrow.Array
	for i := range p.reject {
		// Which takes memory for zeroed, and that of mem is not.
		cols = append(cols, array.MakeArrayOfNull(memory.NewGoAllocator(), p.Rejects.Field(i).Type, n))
	}
	text := make([]*array.StringBuilder, 6)
	for i := range text {
		text[i] = array.NewStringBuilder(mem)
		defer text[i].Release()
	}
	rowNo := array.NewInt64Builder(mem)
	defer rowNo.Release()
	for _, f := range files {
		text[0].Append(string(ops.File))
		text[1].Append("")
		text[2].Append("")
		text[3].AppendNull()
		text[4].Append(readable(reason(f)))
		text[5].Append(readable(f.Name))
		rowNo.Append(fileRow)
	}
	for _, t := range text {
		cols = append(cols, t.NewArray())
	}
	cols = append(append(cols, rowNo.NewArray()), p.Job.Lineage.columns(mem, n)...)
	defer func() {
		for _, c := range cols {
			c.Release()
		}
	}()
	return newRecord(p.Rejects, cols, n)
}
