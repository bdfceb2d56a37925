"""A run of leapscore score on any number of cores, event by event, from what a row group costs in each stage. Standard library
only.

Workers take splits in order. A row group is scored and encoded by its worker, gets its place in a file in the order of the
splits, and is then written by any worker: one row group of a file at a time, in order, with its hash beside the write. At most
`files` files are unfinished. Workers wait while more than `buffered` row groups wait for their turn or to be written."""
import heapq
import itertools
from dataclasses import dataclass, field


@dataclass
class Stages:
    """Seconds of one core for a row group, and what bounds the run."""

    work: float  # all that any worker does on its own: read, decode, model, summary, encode
    write: float
    hash: float
    end: float  # to finish a file
    serial: float = 0.0  # once in a run, before and after scoring
    groups_per_file: int = 34
    files: int = 9
    buffered: int = 170
    beside: bool = True  # the hash runs beside the write


@dataclass
class File:
    queue: int = 0  # row groups that wait
    written: int = 0
    busy: bool = False


@dataclass
class Run:
    stages: Stages
    cores: int
    groups: int
    now: float = 0.0
    taken: int = 0  # splits
    placed: int = 0  # row groups in files, in order
    written: int = 0
    finished: int = 0  # files
    scored: set = field(default_factory=set)
    files: dict = field(default_factory=dict)
    events: list = field(default_factory=list)
    idle: int = 0
    order: object = field(default_factory=itertools.count)  # of events at the same time

    def seconds(self):
        """How long the run takes."""
        self.idle = self.cores
        while self.written < self.groups:
            while self.idle and self.start_one():
                self.idle -= 1
            self.now, _, done = heapq.heappop(self.events)
            done()
            self.idle += 1
        return self.now + self.stages.serial

    def start_one(self):
        """Gives a core something to do, if there is anything: files come first."""
        s = self.stages
        for n, f in self.files.items():
            if f.queue and not f.busy:
                f.busy = True
                last = f.written + 1 == min(s.groups_per_file, self.groups - n * s.groups_per_file)
                self.after(append_seconds(s) + (s.end if last else 0), lambda: self.wrote(n, last))
                return True
        if self.taken < self.groups and self.taken - self.written < s.buffered + self.cores:
            n = self.taken
            self.taken += 1
            # The hash beside a write takes a core of its own: it is counted with the work.
            self.after(s.work + (min(s.hash, s.write) if s.beside else 0), lambda: self.score(n))
            return True
        return False

    def after(self, seconds, done):
        heapq.heappush(self.events, (self.now + seconds, next(self.order), done))

    def score(self, n):
        self.scored.add(n)
        self.place()

    def place(self):
        """Places row groups whose turn it is, while not too many files are unfinished."""
        while self.placed in self.scored:
            file = self.placed // self.stages.groups_per_file
            if file - self.finished >= self.stages.files:
                return
            self.scored.remove(self.placed)
            self.files.setdefault(file, File()).queue += 1
            self.placed += 1

    def wrote(self, n, last):
        f = self.files[n]
        f.queue, f.written, f.busy = f.queue - 1, f.written + 1, False
        self.written += 1
        if last:
            del self.files[n]
            self.finished += 1
            self.place()


def append_seconds(s):
    return max(s.hash, s.write) if s.beside else s.hash + s.write


def rows_per_second(stages, cores, groups, rows_per_group):
    return groups * rows_per_group / Run(stages, cores, groups).seconds()
