// SPDX-License-Identifier: MIT
// The pictures of kplug latency: percentiles, and for each stage its distribution, in total and
// over time.
"use strict";

const SHADES = 5;

function histogram(parent, stage, colour, scale) {
  const bands = bandsOf(stage), most = Math.max(...bands.values());
  const picture = new Picture(parent, "histogram", `All ${stage.count.toLocaleString("en")}`, 240);

  picture.yAxis(scale, duration, "time");
  picture.xAxis(whole(most), number, "interrupts");
  for (const [band, count] of bands)
    draw(picture.svg, "rect", {
      class: `bar ${colour}`, x: picture.left, y: picture.y(bandStart(band + 1)),
      width: Math.max(picture.x(count) - picture.left, 1.5),
      height: picture.y(bandStart(band)) - picture.y(bandStart(band + 1)),
    });
  picture.hover((_, ns) => `${bandText(bandOf(ns))}: ${bands.get(bandOf(ns)) ?? 0}`);
}

// The shade is logarithmic: one measurement is visible beside a million.
function shade(count, most) {
  return most === 1 ? 1 : (0.25 + 0.75 * Math.log(count) / Math.log(most)).toFixed(2);
}

function shades(parent, colour, most) {
  const line = add(parent, "p", "legend", "interrupts in a cell: 1 ");
  const num = most === 1 ? 1 : SHADES;
  const sign = draw(line, "svg", { width: 12 * num, height: 10 });

  for (let i = 0; i < num; i++)
    draw(sign, "rect", {
      class: `bar ${colour}`, x: 12 * i, width: 12, height: 10,
      "fill-opacity": shade(most ** (i / (SHADES - 1)), most),
    });
  if (num > 1)
    line.append(` ${most.toLocaleString("en")}`);
}

function heat(parent, stage, colour, scale, ends) {
  const seconds = ends.at(-1), starts = [0, ...ends];
  const most = stage.cells.reduce((most, [, , count]) => Math.max(most, count), 1);
  const picture = new Picture(parent, "heat", `Over ${number(seconds)} s`, 240);
  const counts = new Map();

  picture.yAxis(scale, duration, "time");
  picture.xAxis(linear(0, seconds), number, "seconds since the beginning");
  for (const [step, band, count] of stage.cells) {
    const x = picture.x(starts[step]);

    counts.set(`${step} ${band}`, count);
    draw(picture.svg, "rect", {
      class: `cell ${colour}`, x, y: picture.y(bandStart(band + 1)),
      width: Math.max(picture.x(starts[step + 1]) - x, 1),
      height: picture.y(bandStart(band)) - picture.y(bandStart(band + 1)),
      "fill-opacity": shade(count, most),
    });
  }
  shades(picture.figure, colour, most);
  picture.hover((at, ns) => {
    const step = Math.max(ends.findIndex(end => at <= end), 0), band = bandOf(ns);

    return `${number(starts[step])} s to ${number(ends[step])} s, ${bandText(band)}: ` +
      `${counts.get(`${step} ${band}`) ?? 0}`;
  });
}

pictures((place, data) => {
  add(place, "h2", "", "Percentiles of each stage");
  percentiles(place, "All sources of a stage together", data.stages.map((stage, i) =>
    ({ name: stage.stage, colour: look(i), histogram: stage })));
  add(place, "h2", "", "Distributions, in total and over time");
  add(place, "p", "soft", "Each stage has its own time axis, of which a bar or a cell is a " +
    "quarter of a factor of two. The stronger the colour of a cell, the more interrupts it has.");
  data.stages.forEach((stage, i) => {
    const scale = bandScale([...bandsOf(stage).keys()]);

    add(place, "h3", "", stage.stage);
    const pair = add(place, "div", "pair uneven");
    histogram(pair, stage, look(i), scale);
    heat(pair, stage, look(i), scale, data.ends);
  });
});
