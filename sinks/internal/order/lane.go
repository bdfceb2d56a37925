package order

import (
	"leapscore/sinks/internal/format"
	"leapscore/sinks/internal/partition"
)

// Lane takes row groups one after the other: those of one file, or those that wait
// for the file of a partition. Which row groups it gets depends on the rows alone;
// lanes are written at the same time, each by one goroutine at a time.
type Lane struct {
	Append func(g format.RowGroup) error
	// End finishes the file, behind its last row group. The last file of a table is
	// not ended by the order.
	End func() error

	tasks []task
	busy  bool // a task is being done, or the lane is in lanes.ready
}

// task is a row group that is to be appended, or, without one, the end of the lane.
type task struct {
	group format.RowGroup
	size  int64
}

// Place returns the lane of a row group of so many rows, whose first is at first; p
// is nil without partitions. ended is the lane, if there is one, that gets no more of
// them. Place is called in the order of the rows, and must not wait for anything.
type Place func(p *partition.Folder, rows int, first Position) (lane, ended *Lane)

// lanes are those of an order, with what is to be written.
type lanes struct {
	ready      []*Lane // that have tasks, and nobody at them
	tasks      int     // not done, of all lanes
	running    int
	ending     int // lanes that are to be ended, and are not
	mostEnding int
}

func (ls *lanes) add(l *Lane, t task) {
	l.tasks = append(l.tasks, t)
	ls.tasks++
	if t.group == nil {
		ls.ending++
	}
	if !l.busy {
		l.busy = true
		ls.ready = append(ls.ready, l)
	}
}

// take returns a lane with a task that can be done now, or nil. Earlier files come
// first, so that as few as possible are open.
func (ls *lanes) take() *Lane {
	if len(ls.ready) == 0 {
		return nil
	}
	l := ls.ready[0]
	ls.ready = ls.ready[1:]
	return l
}

// done notes that the first task of l was done.
func (ls *lanes) done(l *Lane) {
	if l.tasks[0].group == nil {
		ls.ending--
	}
	l.tasks[0] = task{}
	l.tasks = l.tasks[1:]
	ls.tasks--
	if l.busy = len(l.tasks) > 0; l.busy {
		ls.ready = append([]*Lane{l}, ls.ready...)
	}
}

// idle reports whether all that there is was written.
func (o *Order) idle() bool { return len(o.slots) == 0 && o.lanes.tasks == 0 }

// placeSlots hands encoded slots, whose turn it is, to their lanes.
func (o *Order) placeSlots() {
	for len(o.slots) > 0 && o.slots[0].group != nil && o.lanes.ending < o.lanes.mostEnding {
		s := o.slots[0]
		o.slots[0] = nil
		o.slots = o.slots[1:]
		lane, ended := o.place(s.p, s.group.Rows(), s.first)
		if ended != nil {
			o.lanes.add(ended, task{})
		}
		o.lanes.add(lane, task{group: s.group, size: s.size()})
	}
	if len(o.lanes.ready) > 1 {
		o.cond.Broadcast() // there is work for more than one
	}
}

// run does the first task of l. It gives up o.mu meanwhile.
func (o *Order) run(l *Lane) {
	t := l.tasks[0]
	o.lanes.running++
	o.mu.Unlock()
	var err error
	if t.group != nil {
		err = l.Append(t.group)
	} else {
		err = l.End()
	}
	o.mu.Lock()
	o.lanes.running--
	o.buffered -= t.size
	o.lanes.done(l)
	o.fail(err)
	o.cond.Broadcast()
}
