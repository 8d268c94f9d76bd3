"""Reads Prometheus' text form 0.0.4 strictly, as a scraper would: what it does not take, fails the test."""

import re

LINE = re.compile(r'([a-z][a-z0-9_]*)\{((?:[a-z_]+="[^"\\\n]*",?)*)\} (\S+)')
KINDS = {"counter", "gauge", "histogram"}
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(text: str) -> Samples:
    """Give each sample by its name and labels; asserts that every line is as the format says."""
    assert text.endswith("\n")
    samples: Samples = {}
    kinds: dict[str, str] = {}
    family = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family, help_text = line.removeprefix("# HELP ").split(" ", 1)
            assert help_text.strip(), line
            assert family not in kinds, f"{family} comes twice"
        elif line.startswith("# TYPE "):
            name, kinds[family] = line.removeprefix("# TYPE ").split(" ")
            assert name == family, line
            assert kinds[name] in KINDS, line
            assert name.endswith("_total") == (kinds[name] == "counter"), line
        else:
            match = LINE.fullmatch(line)
            assert match, line
            name, labels = match[1], frozenset(re.findall(r'([a-z_]+)="([^"]*)"', match[2]))
            suffixes = ("_bucket", "_sum", "_count") if kinds[family] == "histogram" else ("",)
            assert name in {family + suffix for suffix in suffixes}, line
            assert (name, labels) not in samples, line
            samples[name, labels] = float(match[3])
    for name, kind in kinds.items():
        if kind == "histogram":
            _check_histogram(name, samples)
    return samples


def _check_histogram(name: str, samples: Samples) -> None:
    buckets: dict[frozenset[tuple[str, str]], list[tuple[float, float]]] = {}
    for (sample, labels), value in samples.items():
        if sample == f"{name}_bucket":
            rest = frozenset(label for label in labels if label[0] != "le")
            buckets.setdefault(rest, []).append((float(dict(labels)["le"]), value))
    assert buckets, name
    for rest, counted in buckets.items():
        assert counted == sorted(counted), "bounds and counts rise"
        assert [value for _, value in counted] == sorted(value for _, value in counted)
        assert counted[-1] == (float("inf"), samples[f"{name}_count", rest])
        assert (f"{name}_sum", rest) in samples


def value_of(samples: Samples, name: str, **labels: str) -> float:
    """Give the one sample of this name that has these labels."""
    [value] = [value for (sample, own), value in samples.items() if sample == name and frozenset(labels.items()) <= own]
    return value
