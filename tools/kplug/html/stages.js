// SPDX-License-Identifier: MIT
// Histograms of stages, for the pages of kplug latency and kplug compare. Their form is that of
// tools/kplug/latency/stages.h: 32 buckets for each power of two.
"use strict";

const BUCKETS = 32, TOGETHER = 8;

function bucketStart(bucket) {
  const power = Math.floor(bucket / BUCKETS);

  return power < 2 ? bucket : (BUCKETS + bucket % BUCKETS) * 2 ** (power - 1);
}

function bucketOf(ns) {
  const shift = Math.max(Math.floor(Math.log2(Math.max(ns, 1))) - 5, 0);

  return shift ? shift * BUCKETS + Math.floor(ns / 2 ** shift) : ns;
}

// A band is a part of the pictures' time axis: a quarter of a power of two.
const bandOf = ns => Math.floor(bucketOf(ns) / TOGETHER);
const bandStart = band => bucketStart(band * TOGETHER);
const bandText = band => `${duration(bandStart(band))} to ${duration(bandStart(band + 1))}`;

// A map of bands to counts.
function bandsOf(histogram) {
  const bands = new Map();

  for (const [ns, count] of histogram.buckets)
    bands.set(bandOf(ns), (bands.get(bandOf(ns)) ?? 0) + count);
  return bands;
}

function bandScale(bands) {
  return around(bands.flatMap(band => [bandStart(band), bandStart(band + 1)]));
}

// The maximum is exact.
function quantile(histogram, share) {
  const wanted = Math.floor(share * histogram.count);
  let below = 0;

  for (const [ns, count] of histogram.buckets)
    if ((below += count) > wanted)
      return Math.min(ns, histogram.max);
  return histogram.max;
}

// Percentiles: one nine more at equal distances, as far as the number of measurements supports.
const NINES = 5;
const supported = histogram => Math.min(Math.log10(2 * histogram.count), NINES);
const shareOf = nines => 1 - 10 ** -nines;
const percent = nines =>
  `${Number((100 * shareOf(nines)).toPrecision(Math.ceil(nines) + 2))} %`;

function percentilesOf(histogram) {
  const points = [];

  for (let nines = 0; nines <= supported(histogram); nines += 0.05)
    points.push([nines, quantile(histogram, shareOf(nines))]);
  return points;
}

// curves: [{ name, colour, histogram }]
function percentiles(parent, caption, curves, height = HEIGHT) {
  const drawn = curves.map(curve => ({ ...curve, points: percentilesOf(curve.histogram) }));
  const picture = new Picture(parent, "percentiles", caption,
    Math.max(height, ABOVE + BELOW + LINE * curves.length));
  const most = Math.max(1, ...curves.map(curve => Math.ceil(supported(curve.histogram))));

  picture.reserve(curves.map(curve => curve.name));
  picture.yAxis(around(drawn.flatMap(curve => curve.points.map(([, ns]) => ns))), duration, "time");
  picture.xAxis(linear(0, most), percent, "share that took at most this time",
    thinned(Array.from({ length: most + 1 }, (_, i) => i)));
  for (const curve of drawn)
    picture.curve(curve.points, curve.colour);
  picture.labels(drawn.map(curve => ({ ...curve, end: curve.points.at(-1) })));
  picture.hover(nines => {
    const values = curves.filter(curve => nines <= supported(curve.histogram))
      .map(({ name, histogram }) => `${name} ${duration(quantile(histogram, shareOf(nines)))}`);

    return `${percent(nines)}: ${values.join(", ") || "too few measurements"}`;
  });
}
