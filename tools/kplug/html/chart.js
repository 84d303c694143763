// SPDX-License-Identifier: MIT
// What the pictures of all pages share: scales, axes, labels, and the value under the pointer.
"use strict";

// The namespace of SVG, without an address: the page names nothing in a network.
const SVG = document.createRange().createContextualFragment("<svg></svg>").firstChild.namespaceURI;
const HEIGHT = 300, LINE = 16, ABOVE = 24, BELOW = 42;

function draw(parent, tag, attributes, text = "") {
  const node = document.createElementNS(SVG, tag);

  for (const [name, value] of Object.entries(attributes))
    node.setAttribute(name, typeof value === "number" ? Math.round(value * 10) / 10 : value);
  node.append(text);
  parent.append(node);
  return node;
}

function add(parent, tag, className = "", text = "") {
  const node = document.createElement(tag);

  node.className = className;
  node.append(text);
  parent.append(node);
  return node;
}

// Numbers as text

function number(value) {
  return Number(value.toPrecision(3)).toLocaleString("en");
}

function duration(ns) {
  const units = ["ns", "us", "ms", "s"];
  let unit = 0;

  // 999.6 would be shown with four digits.
  for (; ns >= 999.5 && unit < 3; unit++)
    ns /= 1000;
  return `${number(ns)} ${units[unit]}`;
}

// Scales: share() of the axis for a value, value() of a share, and the levels of ticks, from the
// finest, which has two at least, to the coarsest.

function stepped(from, to, least = 0) {
  const power = 10 ** Math.floor(Math.log10((to - from) / 20));
  const steps = [2, 5, 10, 20, 50, 100].map(factor => factor * power);

  return steps.filter(step => step >= least).map(step => {
    const first = Math.ceil(from / step - 1e-6), last = Math.floor(to / step + 1e-6);

    return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => (first + i) * step);
  });
}

// All ticks, each second, each third and so on.
function thinned(ticks) {
  return ticks.map((_, i) => ticks.filter((_, k) => k % (i + 1) === 0));
}

function powers(from, to) {
  const [fine, middle, coarse] = [[1, 2, 5], [1, 3], [1]].map(factors => {
    const ticks = [];

    for (let power = 10 ** Math.floor(Math.log10(from)); power <= to; power *= 10)
      ticks.push(...factors.map(factor => factor * power));
    return ticks.filter(tick => tick >= from && tick <= to);
  });

  return [fine, middle, ...thinned(coarse)];
}

function linear(from, to) {
  return {
    share: value => (value - from) / (to - from),
    value: share => from + share * (to - from),
    levels: stepped(from, to),
  };
}

// Counts from 0.
function whole(most) {
  return { ...linear(0, most), levels: stepped(0, most, 1) };
}

function logarithmic(from, to) {
  const ratio = Math.log(to / from);

  return {
    share: value => Math.min(Math.max(Math.log(Math.max(value, from) / from) / ratio, 0), 1),
    value: share => from * Math.exp(share * ratio),
    levels: to / from < 10 ? stepped(from, to) : powers(from, to),
  };
}

// Fits the values, with some room, and never empty.
function around(values) {
  const least = Math.max(Math.min(...values), 1), most = Math.max(...values, least);
  const room = Math.max(1.2, 2 / Math.sqrt(most / least));

  return logarithmic(least / room, most * room);
}

// Colours: five, then the same dashed. They differ for colour-blind readers, too.
function look(index) {
  return `c${index % 5}${index % 10 < 5 ? "" : " dashed"}`;
}

// A picture with axes in a figure of its own, as wide as the page lets it be.
class Picture {
  constructor(parent, kind, caption, height = HEIGHT) {
    this.figure = add(parent, "figure");
    add(this.figure, "figcaption", "", caption);
    this.width = this.figure.clientWidth;
    this.svg = draw(this.figure, "svg", {
      class: kind, width: this.width, height, role: "img", "aria-label": caption,
    });
    this.left = 0;
    this.right = this.width - 12;
    this.top = ABOVE;
    this.bottom = height - BELOW;
  }

  x(value) { return this.left + this.xScale.share(value) * (this.right - this.left); }

  y(value) { return this.bottom - this.yScale.share(value) * (this.bottom - this.top); }

  text(x, y, text, kind = "", anchor = "start") {
    return draw(this.svg, "text", { x, y, class: kind, "text-anchor": anchor }, text);
  }

  // A text that is cut where the picture ends; the readout has all of it.
  cut(x, y, string, kind) {
    const node = this.text(x, y, string, kind);

    for (let end = string.length; end && node.getComputedTextLength() > this.width - x;)
      node.textContent = `${string.slice(0, --end)}\u2026`;
  }

  // The names at the right of the picture, if that leaves room for the picture.
  reserve(names) {
    const nodes = names.map(name => this.text(0, 0, name, "label"));
    const widest = Math.max(0, ...nodes.map(node => node.getComputedTextLength()));

    nodes.forEach(node => node.remove());
    this.labelled = widest <= this.width * 0.35;
    if (this.labelled)
      this.right = this.width - widest - 26;
  }

  // The finest ticks that fit beside each other; two always do.
  ticks(levels, box, gap) {
    const fit = ticks => ticks.every((tick, i) => !i || box(ticks[i - 1])[1] + gap <= box(tick)[0]);

    return levels.find(ticks => ticks.length > 1 && fit(ticks)) ??
      [levels[0][0], levels[0].at(-1)];
  }

  yAxis(scale, format, title) {
    this.yScale = scale;
    const ticks = this.ticks(scale.levels, value => [-this.y(value), -this.y(value)], 28)
      .map(value => [this.y(value), this.text(0, this.y(value) + 4, format(value), "tick y")]);

    this.left = Math.ceil(Math.max(...ticks.map(([, node]) => node.getComputedTextLength()))) + 8;
    for (const [y] of ticks)
      draw(this.svg, "line", {
        class: "grid", x1: this.left, x2: this.right, y1: y, y2: y,
      });
    this.text(0, 12, title, "title");
  }

  // Where the label of a tick is, inside the picture.
  xLabel(value, string) {
    const node = this.text(0, 0, string, "tick x"), half = node.getComputedTextLength() / 2;
    const middle = Math.min(Math.max(this.x(value), half), this.width - half);

    node.remove();
    return [middle - half, middle + half];
  }

  xAxis(scale, format, title, levels = scale.levels) {
    this.xScale = scale;
    for (const value of this.ticks(levels, value => this.xLabel(value, format(value)), 16)) {
      const x = this.x(value), [left] = this.xLabel(value, format(value));

      this.text(left, this.bottom + 16, format(value), "tick x");
      draw(this.svg, "line", {
        class: "axis", x1: x, x2: x, y1: this.bottom, y2: this.bottom + 4,
      });
    }
    draw(this.svg, "line", {
      class: "axis", x1: this.left, x2: this.right, y1: this.bottom, y2: this.bottom,
    });
    this.text(this.right, this.bottom + 36, title, "title", "end");
  }

  curve(points, colour) {
    draw(this.svg, "polyline", {
      class: `curve ${colour}`,
      points: points.map(([x, y]) => `${this.x(x).toFixed(1)},${this.y(y).toFixed(1)}`).join(" "),
    });
  }

  // Names at the ends of curves: [{ name, colour, end: [x, y] }], or below if they are long.
  labels(curves) {
    if (!this.labelled) {
      legend(this.figure, curves);
      return;
    }
    const sorted = curves.map(curve => ({ ...curve, y: this.y(curve.end[1]) }))
      .sort((a, b) => a.y - b.y);
    let least = this.top + 4;

    for (const curve of sorted)
      least = (curve.at = Math.max(curve.y, least)) + LINE;
    let most = this.bottom;
    for (const curve of sorted.reverse()) {
      most = (curve.at = Math.min(curve.at, most)) - LINE;
      const x = this.x(curve.end[0]) + 3, end = this.right + 18;
      draw(this.svg, "path", {
        class: `leader ${curve.colour}`,
        d: `M${x.toFixed(1)},${curve.y.toFixed(1)} L${end},${curve.at.toFixed(1)}`,
      });
      this.text(this.right + 22, curve.at + 4, curve.name, "label");
    }
  }

  // Shows below the picture what find(x, y) says of the values under the pointer.
  hover(find) {
    const output = add(this.figure, "output", "", "Point at the picture for values.");
    const line = draw(this.svg, "line", {
      class: "pointer", y1: this.top, y2: this.bottom, visibility: "hidden",
    });

    this.svg.addEventListener("pointermove", event => {
      const box = this.svg.getBoundingClientRect();
      const x = Math.min(Math.max(event.clientX - box.left, this.left), this.right);
      const y = Math.min(Math.max(event.clientY - box.top, this.top), this.bottom);

      line.setAttribute("visibility", "visible");
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      output.textContent = find(
        this.xScale.value((x - this.left) / (this.right - this.left)),
        this.yScale.value((this.bottom - y) / (this.bottom - this.top)));
    });
    this.svg.addEventListener("pointerleave", () => line.setAttribute("visibility", "hidden"));
  }
}

// Names below a picture: [{ name, colour }].
function legend(parent, items, tag = "path") {
  const line = add(parent, "p", "legend");

  for (const item of items) {
    const span = add(line, "span"), sign = draw(span, "svg", { width: 24, height: 10 });

    if (tag === "path")
      draw(sign, tag, { class: `sample ${item.colour}`, d: "M0,5 h24" });
    else
      draw(sign, tag, { class: `bar ${item.colour}`, width: 14, height: 10 });
    span.append(` ${item.name}`);
  }
}

// Draws now, and again whenever the page gets another width.
function pictures(drawAll) {
  const place = document.getElementById("pictures");
  const data = JSON.parse(document.getElementById("data").textContent);
  let width = 0;

  function again() {
    if (place.clientWidth === width)
      return;
    width = place.clientWidth;
    place.replaceChildren();
    drawAll(place, data);
  }
  again();
  window.addEventListener("resize", again);
}
