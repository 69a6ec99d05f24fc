"""The figures of `python -m bench.prose`: labels read as written, intervals as they should be."""

from pathlib import Path

import pytest

from bench import prose as bench


def test_held_back_splits_need_no_more_than_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "held.tsv").write_text("id\tlang\tkinds\ttext\nh1\tnb\texemption,x\tBør\\nfå\\u00a0ro.\n", "utf-8")
    (tmp_path / "texts-development.toml").write_text(
        '[[text]]\nid = "t1"\nkinds = []\ntext = "A."\nwithheld = []\nlabels = []\n', "utf-8"
    )
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    assert bench.splits() == ["development", "held"]
    assert bench.rows("held") == [bench.Row("h1", "Bør\nfå\u00a0ro.", frozenset({"exemption", "x"}))]
    assert [text.id for text in bench.texts("development")] == ["t1"]
    assert bench.texts("held") == []
    assert bench.rows("development") == []


def test_scores_and_intervals() -> None:
    outcomes = [bench.Outcome(*pair, "", "") for pair in [(True, True)] * 8 + [(True, False), (False, True)]]
    score = bench.score(outcomes)
    assert (score.precision, score.recall, score.f1) == pytest.approx((8 / 9, 8 / 9, 8 / 9))
    assert bench.wilson(8, 9) == pytest.approx((0.5650, 0.9801), abs=1e-3)
    assert bench.drawn(outcomes) == bench.drawn(outcomes)
    assert bench.score([]).f1 == bench.score([]).precision == bench.score([]).recall == 1.0
    assert bench.wilson(0, 0) == (0.0, 1.0)


def test_the_tables_are_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "DRAWS", 40)
    monkeypatch.setattr("sys.argv", ["bench.prose", "--misses"])
    bench.main()
    assert "benefit-recommendation" in capsys.readouterr().out
