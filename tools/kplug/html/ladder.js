// SPDX-License-Identifier: MIT
// The picture of kplug ladder: a bar for each path, with the stages of an interrupt.
"use strict";

const ROW = 46, BAR = 20;
const STAGES = [
  { key: "entry", colour: "c0", name: "until the handler is entered" },
  { key: "acked", colour: "c2", name: "until the device is acknowledged" },
  { key: "user", colour: "c1", name: "until the program is notified" },
];

// The stages in their order: a program may be notified before it acknowledges.
function stagesOf(row) {
  return STAGES.filter(({ key }) => row[key]).sort((a, b) => row[a.key].p50 - row[b.key].p50);
}

const longestOf = row => Math.max(0, ...stagesOf(row).map(({ key }) => row[key].p50));

function bar(picture, row, y) {
  let at = 0;

  for (const { key, colour } of stagesOf(row)) {
    draw(picture.svg, "rect", {
      class: `bar ${colour}`, x: picture.x(at), y,
      width: picture.x(row[key].p50) - picture.x(at), height: BAR,
    });
    at = row[key].p50;
  }
  picture.text(picture.x(at) + 6, y + 14, at.toLocaleString("en"), "value");
}

function tell(row) {
  const stages = stagesOf(row).map(({ key, name }) =>
    `${name} ${row[key].p50} (p99 ${row[key].p99}, max ${row[key].max})`);

  return `${row.title}: ${row.unavailable ? "not available" : stages.join(", ")}`;
}

pictures((place, rows) => {
  const picture = new Picture(place, "ladder", "Median of each stage",
    ABOVE + BELOW + ROW * rows.length);
  const longest = Math.max(1, ...rows.map(longestOf));

  picture.reserve([longest.toLocaleString("en")]);
  picture.yScale = linear(rows.length, 0);
  picture.xAxis(linear(0, longest), number, rows[0].unit);
  rows.forEach((row, i) => {
    const y = picture.y(i);

    picture.cut(0, y + 12, row.title, "label");
    if (row.unavailable)
      picture.text(0, y + 32, "not available", "why");
    else
      bar(picture, row, y + 18);
  });
  legend(picture.figure, STAGES, "rect");
  picture.hover((_, i) => tell(rows[Math.min(Math.floor(i), rows.length - 1)]));
});
