"""All shapes, in the order of the table."""
import importlib

KINDS = ["jobs", "files", "kept", "queries", "dense", "maths", "words", "sparse", "small"]


def kinds():
    """The modules."""
    return {kind: importlib.import_module("shape." + kind) for kind in KINDS}


def shapes():
    return [s for module in kinds().values() for s in module.SHAPES]


def named(name):
    return next(s for s in shapes() if s.name == name)
