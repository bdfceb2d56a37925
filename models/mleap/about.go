package mleap

import (
	"slices"

	"leapscore/bundle"
	"leapscore/models"
	"leapscore/ops"
)

// about describes a bundle, whether it can be scored or not.
func about(b *bundle.Bundle, reg *ops.Registry) models.About {
	id := identity(b)
	a := models.About{
		Kind: kindName, Name: b.Name, UID: b.UID, Writer: id.Writer, Version: b.Version,
		Format: b.Format, Timestamp: b.Timestamp, SHA256: b.SHA256,
	}
	var add func(n *bundle.Node, depth int)
	add = func(n *bundle.Node, depth int) {
		_, known := reg.Lookup(n.Model.Op)
		a.Nodes = append(a.Nodes, models.Node{
			Path: n.Path, Op: n.Model.Op, Depth: depth, Known: known || n.Model.Op == "pipeline",
			Reads: columnsOf(n.Inputs), Adds: columnsOf(n.Outputs),
		})
		for _, sub := range n.Nodes {
			add(sub, depth+1)
		}
	}
	add(b.Root, 0)
	return a
}

// columnsOf are the columns of sockets, each once.
func columnsOf(sockets []bundle.Socket) (names []string) {
	for _, s := range sockets {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}
