package sinks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"leapscore/engine/store"
	"leapscore/runs"
	"leapscore/sinks/internal/marker"
)

// On object stores, the manifests of a table form a chain:
//
//	_leapscore/manifests/00000000000000000001.json
//	_leapscore/manifests/00000000000000000002.json
//
// A manifest is written only if there is none of its number. If two runs commit at
// the same time, one gets the number; the other reads the new manifest and retries
// with the next number or fails with a conflict. The rule for readers: the manifest
// with the greatest number lists the table, as files and kept; all other objects in
// the folder are not part of it. _SUCCESS is a copy of that manifest, for readers
// that only check whether a run is done; it is written a little later. A table
// without a chain was not written by leapscore to an object store: all files in the
// folder are the table.
const (
	chainFolder = runs.Folder + "/manifests"
	chainKept   = 20 // manifests, since a run might still look for one of them
)

func chainName(n int64) string { return fmt.Sprintf("%s/%020d.json", chainFolder, n) }

// chainNumber is the inverse of chainName.
func chainNumber(rel string) (int64, bool) {
	base, ok := strings.CutPrefix(rel, chainFolder+"/")
	if !ok {
		return 0, false
	}
	digits, ok := strings.CutSuffix(base, ".json")
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, ok && err == nil && n > 0 && len(digits) == 20
}

// Live returns the files of the table after the run: the run's own files and the
// files that it kept.
func (m *Manifest) Live() []File { return append(slices.Clone(m.Kept), m.Files...) }

// readChain returns the last manifest of the chain, or store.ErrNotExist.
func readChain(ctx context.Context, st *store.Store, path string) (*Manifest, error) {
	for {
		last, err := lastNumber(ctx, st, path)
		if err != nil {
			return nil, err
		}
		if last == 0 {
			return nil, fmt.Errorf("%s: %w", st.URL(store.Join(path, chainFolder)), store.ErrNotExist)
		}
		m, err := readManifest(ctx, st, store.Join(path, chainName(last)))
		if !errors.Is(err, store.ErrNotExist) { // else so many manifests were written meanwhile that this one was deleted
			return m, err
		}
	}
}

// lastNumber returns the number of the last manifest, or 0.
func lastNumber(ctx context.Context, st *store.Store, path string) (last int64, err error) {
	prefix := store.Join(path, chainFolder) + "/"
	err = st.List(ctx, prefix, false, func(o store.Object) error {
		if n, ok := chainNumber(chainFolder + "/" + o.Name[len(prefix):]); ok {
			last = max(last, n)
		}
		return nil
	})
	return last, err
}

func readManifest(ctx context.Context, st *store.Store, name string) (*Manifest, error) {
	data, err := st.ReadFile(ctx, name)
	if err != nil {
		return nil, err
	}
	m := new(Manifest)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w", st.URL(name), err)
	}
	return m, nil
}

// view is what is in the folder of a table on an object store.
type view struct {
	*Content
	last    *Manifest // of the chain; nil if there is none
	live    []File    // the table
	isLive  map[string]bool
	markers map[string]*marker.Marker // by identity
	chain   []int64                   // numbers of the manifests that are there
	sizes   map[string]int64          // of all objects
}

// readFolder lists the folder and reads its markers and its last manifest.
func (o *objects) readFolder(ctx context.Context) (*view, error) {
	v := &view{Content: &Content{}, isLive: map[string]bool{}, sizes: map[string]int64{}}
	prefix := o.out + "/"
	err := o.st.List(ctx, prefix, true, func(obj store.Object) error {
		rel := obj.Name[len(prefix):]
		v.add(rel)
		v.sizes[rel] = obj.Size
		if n, ok := chainNumber(rel); ok {
			v.chain = append(v.chain, n)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Markers are read after the files and before the manifests: a run that wrote one
	// of the files either still has its marker or has ended.
	if v.markers, err = marker.ReadAll(ctx, o.st, o.out); err != nil {
		return nil, err
	}
	if len(v.chain) > 0 {
		if v.last, err = readChain(ctx, o.st, o.out); err != nil {
			return nil, err
		}
		v.live = v.last.Live()
	} else {
		for _, rel := range v.Data {
			if v.owner(rel) == "" && !strings.HasPrefix(baseName(rel), ".") {
				v.live = append(v.live, File{Name: rel, Bytes: v.sizes[rel]})
			}
		}
	}
	for _, f := range v.live {
		v.isLive[f.Name] = true
	}
	v.Exists = v.last != nil || len(v.live) > 0 || v.present(SuccessName)
	return v, nil
}

func (v *view) present(rel string) bool {
	_, ok := v.sizes[rel]
	return ok
}

// tableContent is the content of the folder without files that are not part of the
// table.
func (v *view) tableContent() *Content {
	c := *v.Content
	c.Data = nil
	for _, f := range v.live {
		c.Data = append(c.Data, f.Name)
	}
	return &c
}

// lastCommit is the number of the last manifest, or 0.
func (v *view) lastCommit() int64 {
	if v.last == nil {
		return 0
	}
	return v.last.Commit
}

// owner returns the identity of the run that is writing a file, or "".
func (v *view) owner(rel string) string {
	base := baseName(rel)
	for identity := range v.markers {
		if strings.Contains(base, "-"+identity+".") {
			return identity
		}
	}
	return ""
}
