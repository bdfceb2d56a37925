"""Bundles of MLeap, written as folders of JSON. Standard library only."""
import json
import os


def bundle(folder, *nodes):
    """A pipeline of nodes, each a tuple: name, op, attributes, {port: column} of inputs and of outputs."""
    write(os.path.join(folder, "bundle.json"), {"uid": "00000000-0000-4000-8000-000000000000", "name": "shape", "timestamp": "", "format": "json", "version": "0.25.2"})
    root = os.path.join(folder, "root")
    names = {"type": "list", "string": [n[0] for n in nodes]}
    write(os.path.join(root, "model.json"), {"op": "pipeline", "attributes": {"nodes": names}})
    write(os.path.join(root, "node.json"), {"name": "shape", "shape": {"inputs": [], "outputs": []}})
    for name, op, attributes, inputs, outputs in nodes:
        ports = [[{"name": column, "port": port} for port, column in side.items()] for side in (inputs, outputs)]
        write(os.path.join(root, name + ".node", "model.json"), {"op": op, "attributes": attributes})
        write(os.path.join(root, name + ".node", "node.json"), {"name": name, "shape": {"inputs": ports[0], "outputs": ports[1]}})
    return folder


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump(value, f)


def tensor(values, *shape):
    """A dense tensor of doubles; values lie row by row."""
    return tensor_value(values, *shape) | {"type": "tensor"}


def tensor_value(values, *shape):
    return {"double": list(map(float, values)), "shape": {"dimensions": [{"size": n, "name": ""} for n in shape]}}


def tensors(rows):
    """A list of vectors."""
    return {"type": "list", "tensor": [tensor_value(r, len(r)) for r in rows]}


def scalar(kind, value):
    return {kind: value}


def doubles(values):
    return {"type": "list", "double": list(map(float, values))}


def strings(values):
    return {"type": "list", "string": list(values)}


def assemble(columns, output="features"):
    """A vector_assembler of scalars."""
    shapes = {"type": "list", "data_shape": [{"base": "scalar", "isNullable": False} for _ in columns]}
    return ("assemble", "vector_assembler", {"input_shapes": shapes}, {f"input{i}": c for i, c in enumerate(columns)}, {"output": output})
