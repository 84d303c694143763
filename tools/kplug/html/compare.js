// SPDX-License-Identifier: MIT
// The pictures of kplug compare: percentiles and distributions of both sides, stage by stage.
"use strict";

const SIDES = [{ name: "before", colour: "c1 dashed" }, { name: "after", colour: "c0" }];

// Bars before to the left of the middle, after to its right; as wide as their share of that side.
function distributions(parent, stage, scale, sides) {
  const picture = new Picture(parent, "both",
    "Distribution: before to the left, after to the right");
  const shares = sides.map(({ name }) => new Map([...bandsOf(stage[name])].map(([band, count]) =>
    [band, 100 * count / stage[name].count])));
  const most = Math.max(...shares.flatMap(share => [...share.values()]));

  picture.yAxis(scale, duration, "time");
  picture.xAxis(linear(-most, most), value => `${number(Math.abs(value))} %`,
    "share of the interrupts of that side");
  sides.forEach((side, i) => {
    for (const [band, share] of shares[i]) {
      const middle = picture.x(0), end = picture.x(side === SIDES[0] ? -share : share);

      draw(picture.svg, "rect", {
        class: `bar ${side.name} ${side.colour}`, x: Math.min(middle, end),
        y: picture.y(bandStart(band + 1)), width: Math.max(Math.abs(end - middle), 1.5),
        height: picture.y(bandStart(band)) - picture.y(bandStart(band + 1)),
      });
    }
  });
  legend(picture.figure, sides, "rect");
  picture.hover((_, ns) => `${bandText(bandOf(ns))}: ` + sides.map(({ name }, i) =>
    `${number(shares[i].get(bandOf(ns)) ?? 0)} % ${name}`).join(", "));
}

pictures((place, data) => {
  add(place, "h2", "", "Each stage");
  add(place, "p", "soft", "Each stage has its own time axis, of which a bar is a quarter of a " +
    "factor of two.");
  for (const stage of data.stages) {
    const sides = SIDES.filter(({ name }) => stage[name].count);
    const only = sides.length === 1 ? `, only ${sides[0].name}` : "";
    const scale = bandScale(sides.flatMap(({ name }) => [...bandsOf(stage[name]).keys()]));

    add(place, "h3", "", stage.stage + only);
    const pair = add(place, "div", "pair");
    // The dashed curve is on top, so that both show where they coincide.
    percentiles(pair, "Percentiles", sides.map(side =>
      ({ ...side, histogram: stage[side.name] })).reverse());
    distributions(pair, stage, scale, sides);
  }
});
