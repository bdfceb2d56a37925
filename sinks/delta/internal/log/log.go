package log

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"leapscore/engine/store"
)

// LogFolder is the name of the log's folder in a table.
const LogFolder = "_delta_log"

// Log is the log of the table in the folder Table of Store.
type Log struct {
	Store *store.Store
	Table string
}

// Snapshot is the state of a table at a version.
type Snapshot struct {
	Version    int64 // -1 if there is no table
	Checkpoint int64 // of the checkpoint that it was read from, or -1
	Protocol   Protocol
	Meta       MetaData
	Txns       map[string]Txn
	Files      map[string]Add    // by path
	Removed    map[string]Remove // by path, as long as the log remembers
	Domains    map[string]Domain
}

var (
	commitName     = regexp.MustCompile(`^(\d{20})\.json$`)
	checkpointName = regexp.MustCompile(`^(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet$`)
	otherCheckName = regexp.MustCompile(`^(\d{20})\.checkpoint\..*\.(?:json|parquet)$`)
)

// listing is what is in the folder of the log.
type listing struct {
	commits     []int64 // in order
	checkpoints map[int64][]string
	parts       map[int64]int // of the checkpoint, how many there must be
	others      []string      // checkpoints in forms that are not known
}

func (l *Log) list(ctx context.Context) (listing, error) {
	ls := listing{checkpoints: map[int64][]string{}, parts: map[int64]int{}}
	prefix := l.name("")
	err := l.Store.List(ctx, prefix, false, func(o store.Object) error {
		base := o.Name[len(prefix):]
		if m := commitName.FindStringSubmatch(base); m != nil {
			ls.commits = append(ls.commits, number(m[1]))
		} else if m := checkpointName.FindStringSubmatch(base); m != nil {
			v, parts := number(m[1]), 1
			if m[3] != "" {
				parts = int(number(m[3]))
			}
			if parts == 1 || ls.parts[v] == 0 {
				ls.parts[v] = parts
			}
			ls.checkpoints[v] = append(ls.checkpoints[v], o.Name)
		} else if otherCheckName.MatchString(base) {
			ls.others = append(ls.others, base)
		}
		return nil
	})
	slices.Sort(ls.commits)
	return ls, err
}

// newest returns the version of the newest checkpoint that is whole, and its
// files; -1 if there is none.
func (ls *listing) newest() (int64, []string) {
	best := int64(-1)
	for v, files := range ls.checkpoints {
		if v > best && len(ls.files(v, files)) == ls.parts[v] {
			best = v
		}
	}
	return best, ls.files(best, ls.checkpoints[best])
}

// files leaves out parts of a checkpoint that is there in one file too.
func (ls *listing) files(v int64, all []string) []string {
	if ls.parts[v] != 1 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !strings.HasSuffix(name, ".checkpoint.parquet") })
}

func number(digits string) int64 {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (l *Log) name(base string) string {
	if l.Table == "" {
		return LogFolder + "/" + base
	}
	return l.Table + "/" + LogFolder + "/" + base
}

func (l *Log) commitName(version int64) string { return l.name(fmt.Sprintf("%020d.json", version)) }

// Load returns the newest state of the table.
func (l *Log) Load(ctx context.Context) (*Snapshot, error) {
	ls, err := l.list(ctx)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{
		Version: -1, Txns: map[string]Txn{}, Files: map[string]Add{}, Removed: map[string]Remove{}, Domains: map[string]Domain{},
	}
	var files []string
	s.Checkpoint, files = ls.newest()
	for _, name := range files {
		if err := l.readCheckpoint(ctx, name, s); err != nil {
			return nil, fmt.Errorf("%s: %w", l.Store.URL(name), err)
		}
	}
	s.Version = s.Checkpoint
	for _, v := range ls.commits {
		if v <= s.Version {
			continue
		}
		if v != s.Version+1 {
			return nil, l.gap(s.Version+1, ls)
		}
		if err := l.apply(ctx, v, s); err != nil {
			return nil, err
		}
	}
	if s.Version < 0 && len(ls.others) > 0 {
		return nil, l.gap(0, ls)
	}
	return s, nil
}

// gap is the error for a commit that is not there.
func (l *Log) gap(version int64, ls listing) error {
	if len(ls.others) > 0 {
		return fmt.Errorf("%s: %s: this form of checkpoint is not known (feature v2Checkpoint)", l.Store.URL(l.Table), ls.others[0])
	}
	return fmt.Errorf("%s: the log lacks version %d", l.Store.URL(l.Table), version)
}

// Next brings s to the version after its own. The error is store.ErrNotExist if
// there is none.
func (l *Log) Next(ctx context.Context, s *Snapshot) error { return l.apply(ctx, s.Version+1, s) }

// Update brings s to the newest version.
func (l *Log) Update(ctx context.Context, s *Snapshot) error {
	for {
		err := l.Next(ctx, s)
		if errors.Is(err, store.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (l *Log) apply(ctx context.Context, version int64, s *Snapshot) error {
	actions, err := l.Commit(ctx, version)
	if err != nil {
		return err
	}
	for _, a := range actions {
		s.add(a)
	}
	s.Version = version
	return nil
}

// Commit returns the actions of a version. The error is store.ErrNotExist if
// there is none.
func (l *Log) Commit(ctx context.Context, version int64) ([]Action, error) {
	name := l.commitName(version)
	data, err := l.Store.ReadFile(ctx, name)
	if err != nil {
		return nil, err
	}
	var actions []Action
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		var a Action
		if err := d.Decode(&a); err == io.EOF {
			return actions, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Store.URL(name), err)
		}
		actions = append(actions, a)
	}
}

// add changes the state by an action. Of what is said twice the later counts.
func (s *Snapshot) add(a Action) {
	switch {
	case a.Protocol != nil:
		s.Protocol = *a.Protocol
	case a.MetaData != nil:
		s.Meta = *a.MetaData
	case a.Txn != nil:
		s.Txns[a.Txn.AppID] = *a.Txn
	case a.Add != nil:
		delete(s.Removed, a.Add.Path)
		s.Files[a.Add.Path] = *a.Add
	case a.Remove != nil:
		delete(s.Files, a.Remove.Path)
		s.Removed[a.Remove.Path] = *a.Remove
	case a.Domain != nil:
		s.Domains[a.Domain.Domain] = *a.Domain
	}
}

// Put writes the commit of a version. If there is one, the error is
// store.ErrExists. After any other error, Commit tells what became of it.
func (l *Log) Put(ctx context.Context, version int64, actions []Action) error {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	for _, a := range actions {
		if err := e.Encode(a); err != nil {
			return err
		}
	}
	w, err := l.Store.Create(ctx, l.commitName(version), true)
	if err != nil {
		return err
	}
	if _, err := w.Write(buf.Bytes()); err != nil {
		w.Abort()
		return err
	}
	return w.Commit()
}
