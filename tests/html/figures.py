# SPDX-License-Identifier: MIT
"""What a page shows, against the JSON of the same run: what is wrong, or None."""

SHOWN = """({
    rows: [...document.querySelectorAll("tr.row")].map(row => [...row.cells].map(cell =>
        cell.dataset.ns ? Number(cell.dataset.ns) : cell.textContent)),
    findings: [...document.querySelectorAll(".finding")].map(one =>
        [Number(one.dataset.before), Number(one.dataset.after)]),
    count: Object.fromEntries(["polyline", ".heat", ".heat .cell", ".histogram", ".both",
        ".both .before", ".both .after", ".latency .curve", ".loss .curve", ".ladder .bar"].map(
        what => [what, document.querySelectorAll(what).length])),
})"""

LATENCY_KEYS = ("p50", "p90", "p99", "p999", "max")
COMPARE_KEYS = ("p50", "p99", "p999", "max")
BENCH_KEYS = ("p50", "p99", "max")
SIDES = ("before", "after")


# The stages whose bands are others by the command than by the page, or whose counts are.
OTHER_BANDS = """JSON.parse(document.getElementById("data").textContent).stages.filter(stage => {
    const total = new Map();
    for (const [, band, count] of stage.cells)
        total.set(band, (total.get(band) ?? 0) + count);
    const own = bandsOf(stage);
    return own.size !== total.size || [...own].some(([band, count]) => total.get(band) !== count);
}).map(stage => stage.stage)"""


def differ(what, shown, expected):
    return None if shown == expected else f"{what}: {shown}, but the JSON has {expected}"


def latency(shown, result):
    """A table, curves in one picture, and a distribution and its history for each stage."""
    expected = [[s["stage"], s["of"], str(s["count"])] + [s[key] for key in LATENCY_KEYS]
                for s in result["stages"]]
    kinds = len({s["stage"] for s in result["stages"]})
    count = shown["count"]
    pictures = [count["polyline"], count[".heat"], count[".histogram"]]
    if not expected or count[".heat .cell"] < kinds:
        return f"{len(expected)} rows, {count['.heat .cell']} cells of heat maps"
    return (differ("the table", shown["rows"], expected) or
            differ("curves, heat maps and histograms", pictures, [kinds] * 3))


def side_row(stage, side):
    figures = stage[side]
    known = [figures[key] if figures["count"] else "-" for key in COMPARE_KEYS]
    return [stage["stage"] if side == "before" else "", side, str(figures["count"])] + known


def findings_of(stages):
    """The sentence is about the program if both runs have woken one."""
    common = [s for s in stages if s["before"]["count"] and s["after"]["count"]]
    lead = next((s for s in common if s["stage"] == "program runs"), common[0] if common else None)
    return [[lead["before"][key], lead["after"][key]] for key in ("p50", "p99")] if lead else []


def compare(shown, result):
    """Two rows and two pictures for each stage, and the sentence."""
    stages, count = result["rows"], shown["count"]
    sides = {side: sum(1 for s in stages if s[side]["count"]) for side in SIDES}
    if not stages or any(count[f".both .{side}"] < sides[side] for side in SIDES):
        return f"{len(stages)} stages, {count}"
    expected = [side_row(stage, side) for stage in stages for side in SIDES]
    return (differ("the table", shown["rows"], expected)
            or differ("the sentence", shown["findings"], findings_of(stages))
            or differ("distributions", count[".both"], len(stages))
            or differ("curves", count["polyline"], sum(sides.values())))


def run_row(row):
    """The run that stands for a path: the last of those at the highest rate without loss."""
    runs = [run for run in row["runs"] if len(row["runs"]) == 1 or
            (not run["lost"] and run["reached"] >= row["highest"])]
    if not runs:
        return None
    run = runs[-1]
    figures = [f"{run['reached']:.0f}"] + [str(run[key]) for key in ("raised", "handled", "lost")]
    return [row["title"]] + figures + [run["latency"][key] if run["latency"] else "-"
                                       for key in BENCH_KEYS]


def bench(shown, result):
    """A row for each path, and a line in each of the pictures."""
    measured = [row for row in result["rows"] if row.get("runs")]
    known = [row for row in measured if any(run["latency"] for run in row["runs"])]
    lines = [shown["count"][".latency .curve"], shown["count"][".loss .curve"]]
    if not measured:
        return "no path was measured"
    return (differ("the table", [row for row in shown["rows"] if len(row) > 2],
                   [row for row in map(run_row, measured) if row]) or
            differ("lines", lines, [len(known), len(measured)]))


def ladder(shown, result):
    """A bar for each stage of each path."""
    stages = sum(1 for row in result["rows"] for key in ("entry", "acked", "user") if row.get(key))
    return (differ("paths", len(shown["rows"]), len(result["rows"])) or
            differ("bars", shown["count"][".ladder .bar"], stages or "one, at least"))


KINDS = {"latency": latency, "compare": compare, "bench": bench, "ladder": ladder}

# Axes of any beginning and length, in pictures of any width: those with fewer than two ticks, or
# with labels that touch.
BAD_AXES = """(() => {
  const bad = [];

  for (const width of [130, 170, 230, 360, 900])
    for (let from = 1; from < 10; from *= 1.13)
      for (let ratio = 4; ratio < 2e6; ratio *= 1.31) {
        const picture = new Picture(document.body, "latency", "axes");
        const scale = logarithmic(1000 * from, 1000 * from * ratio);

        picture.right = width;
        picture.yAxis(scale, duration, "time");
        picture.xAxis(scale, number, "a second");
        for (const side of ["x", "y"]) {
          const boxes = [...picture.svg.querySelectorAll(`.tick.${side}`)]
            .map(node => node.getBoundingClientRect());
          const touch = boxes.some((box, i) => i &&
            (side === "x" ? box.left < boxes[i - 1].right : box.bottom > boxes[i - 1].top));

          if (boxes.length < 2 || touch)
            bad.push(`${side} of ${width}, ${from.toFixed(2)} times ${ratio.toFixed(1)}`);
        }
        picture.figure.remove();
      }
  return bad;
})()"""
