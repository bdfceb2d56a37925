"""The models of the listings, as plain values read from their bundles, so that every engine gets the same numbers."""
import json
import zipfile
from dataclasses import dataclass, field


@dataclass
class ListingModel:
    words: dict  # column -> labels, in the order of the features
    numbers: list  # columns
    mean: list
    std: list
    coefficients: list = field(default_factory=list)
    intercept: float = 0.0
    trees: list = field(default_factory=list)  # of nodes in pre-order: (feature, threshold) or (value,)

    @property
    def inputs(self):
        return list(self.words) + self.numbers


ID, PREDICTION = "listing_id", "price_prediction"


def read(path):
    with zipfile.ZipFile(path) as z:
        files = {n: z.read(n).decode() for n in z.namelist() if not n.endswith("/")}

    def attributes(folder):
        return json.loads(files[f"{folder}/model.json"])["attributes"]

    def inputs(folder):
        return [s["name"] for s in json.loads(files[f"{folder}/node.json"])["shape"]["inputs"]]

    words = {}
    for node in attributes("root")["nodes"]["string"]:
        if node.startswith("index_"):
            words[inputs(f"root/{node}.node")[0]] = attributes(f"root/{node}.node")["labels_array_0"]["string"]
    scaler = attributes("root/scale_numbers.node")
    m = ListingModel(words, inputs("root/assemble_numbers.node"), scaler["mean"]["double"], scaler["std"]["double"])
    if "root/linear_regression.node/model.json" in files:
        linear = attributes("root/linear_regression.node")
        m.coefficients, m.intercept = linear["coefficients"]["double"], linear["intercept"]["double"]
    else:
        for tree in attributes("root/random_forest.node")["trees"]["string"]:
            m.trees.append([parse_node(line) for line in files[f"root/random_forest.node/{tree}/tree.json"].splitlines() if line])
    return m


def parse_node(line):
    n = json.loads(line)
    if n["type"] == "leaf":
        return (n["values"][0],)
    return n["split"]["featureIndex"], n["split"]["threshold"]


def children(tree):
    """For each node of a tree in pre-order, the positions of its children and its depth; leaves have (-1, -1)."""
    out = [None] * len(tree)

    def visit(at, depth):
        if len(tree[at]) == 1:
            out[at] = (-1, -1, depth)
            return at + 1
        right = visit(at + 1, depth + 1)
        out[at] = (at + 1, right, depth)
        return visit(right, depth + 1)

    visit(0, 0)
    return out
