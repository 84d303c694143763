// SPDX-License-Identifier: MIT
// The pictures of kplug bench irq: latency and loss against the rate, one line a path.
"use strict";

// The runs at each rate together; a run that lost some has no latency.
function pointsOf(runs) {
  const points = new Map();

  for (const run of runs.filter(run => run.raised && run.reached > 0)) {
    const point = points.get(run.rate) ?? { raised: 0, lost: 0, latency: null };

    point.rate = run.reached;
    point.raised += run.raised;
    point.lost += run.lost;
    point.latency = run.latency ?? point.latency;
    points.set(run.rate, point);
  }
  return [...points.values()].sort((a, b) => a.rate - b.rate);
}

const lossOf = point => 100 * point.lost / point.raised;
const pathsOf = rows => rows.map((row, i) =>
  ({ name: row.title, colour: look(i), points: pointsOf(row.runs ?? []) }));

// The point of all paths that is nearest to the pointer.
function nearest(picture, paths, valueOf, rate, value) {
  const distance = point => Math.hypot(picture.x(point.rate) - picture.x(rate),
    picture.y(valueOf(point)) - picture.y(value));
  const all = paths.flatMap(path => path.points.map(point => ({ path, point })));

  return all.reduce((best, one) => distance(one.point) < distance(best.point) ? one : best);
}

// A line through the points of each path, whose names are at its end.
function against(parent, kind, caption, paths, { scale, format, title, valueOf, tell }) {
  const picture = new Picture(parent, kind, caption,
    Math.max(HEIGHT, ABOVE + BELOW + LINE * paths.length));

  picture.reserve(paths.map(path => path.name));
  picture.yAxis(scale, format, title);
  picture.xAxis(around(paths.flatMap(path => path.points.map(point => point.rate))), number,
    "interrupts a second");
  for (const path of paths) {
    const line = path.points.map(point => [point.rate, valueOf(point)]);

    picture.curve(line, path.colour);
    for (const [rate, value] of line)
      draw(picture.svg, "circle", {
        class: `mark ${path.colour}`, cx: picture.x(rate), cy: picture.y(value), r: 3,
      });
  }
  picture.labels(paths.map(path =>
    ({ ...path, end: [path.points.at(-1).rate, valueOf(path.points.at(-1))] })));
  picture.hover((rate, value) => {
    const { path, point } = nearest(picture, paths, valueOf, rate, value);

    return `${path.name}, ${number(point.rate)} a second: ${tell(point)}`;
  });
  return picture;
}

function latencies(parent, all) {
  const paths = all.map(path => ({ ...path, points: path.points.filter(point => point.latency) }))
    .filter(path => path.points.length);

  if (!paths.length) {
    add(parent, "p", "", "There is no latency: each run lost interrupts, or none arrived.");
    return;
  }
  const picture = against(parent, "latency",
    "The median; a thin line goes up to the 99th percentile", paths, {
      scale: around(paths.flatMap(path => path.points.flatMap(({ latency }) =>
        [latency.p50, latency.p99]))),
      format: duration, title: "latency", valueOf: point => point.latency.p50,
      tell: ({ latency }) => `p50 ${duration(latency.p50)}, p99 ${duration(latency.p99)}, ` +
        `max ${duration(latency.max)}`,
    });
  for (const { colour, points } of paths)
    for (const { rate, latency } of points)
      draw(picture.svg, "line", {
        class: `whisker ${colour}`, x1: picture.x(rate), x2: picture.x(rate),
        y1: picture.y(latency.p50), y2: picture.y(latency.p99),
      });
}

function losses(parent, paths) {
  const most = Math.max(...paths.flatMap(path => path.points.map(lossOf)));

  against(parent, "loss", "Of the interrupts raised, the share that the program did not hear of",
    paths, {
      scale: linear(0, Math.max(most, 1)), format: value => `${number(value)} %`,
      title: "lost", valueOf: lossOf,
      tell: point => `${point.lost.toLocaleString("en")} of ` +
        `${point.raised.toLocaleString("en")} lost, ${number(lossOf(point))} %`,
    });
}

pictures((place, rows) => {
  const paths = pathsOf(rows).filter(path => path.points.length);

  if (!paths.length)
    return;
  add(place, "h2", "", "Latency against the rate");
  latencies(place, paths);
  add(place, "h2", "", "Loss against the rate");
  losses(place, paths);
});
