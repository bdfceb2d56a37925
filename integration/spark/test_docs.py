"""The Python of docs/spark.md, block after block."""

import re
from pathlib import Path

import session


def test_the_page(spark, tmp_path, monkeypatch, capsys):
    page = (Path(__file__).parent.parent.parent / "docs" / "spark.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len(blocks) >= 3
    monkeypatch.chdir(session.EXAMPLES)
    names = {"spark": spark}
    for block in blocks:  # the JVM was started in another folder
        text = block.replace('"listings"', f'"{session.EXAMPLES / "listings"}"').replace('"predictions"', f'"{tmp_path / "predictions"}"')
        exec(compile(text, "docs/spark.md", "exec"), names)
    assert spark.read.parquet(str(tmp_path / "predictions")).columns == ["listing_id", "price_prediction"]
    assert names["named"].columns == ["listing_id", "price"] and names["named"].count() == 1500
    assert names["features"].columns == ["features", "price_prediction"]
    assert names["good"].count() == 1500 and "_error" in capsys.readouterr().out or names["bad"].count() == 0
