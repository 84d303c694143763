// SPDX-License-Identifier: MIT
// Looks at the page as a reader does, and gives what is wrong: ["rule: what", ...].
"use strict";

const OVERLAP = 2; // pixels that boxes of letters may share
const SMALLEST = 11.5; // pixels of a font

// Where things are

const isShown = node => node.checkVisibility() && !node.closest("title, noscript, script, style");
const shorten = text => text.trim().slice(0, 40);

// A range does not know that a text of a picture may have a length of its own.
function boxesOf(node) {
  const range = document.createRange();

  if (node.parentElement instanceof SVGElement)
    return [node.parentElement.getBoundingClientRect()];
  range.selectNodeContents(node);
  return range.getClientRects();
}

// Each line of each text: { text, box, element }.
function textsOf(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), lines = [];

  for (let node; (node = walker.nextNode());) {
    if (!node.data.trim() || !isShown(node.parentElement))
      continue;
    for (const box of boxesOf(node))
      if (box.width > 1)
        lines.push({ node, text: shorten(node.data), box, element: node.parentElement });
  }
  return lines;
}

function common(a, b) {
  return [Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
}

const overlaps = (a, b) => Math.min(...common(a, b)) > OVERLAP;
const isInside = (a, b, room = 1) => a.left >= b.left - room && a.right <= b.right + room &&
  a.top >= b.top - room && a.bottom <= b.bottom + room;

function* overlap(lines) {
  for (const [i, a] of lines.entries())
    for (const b of lines.slice(i + 1))
      if (a.node !== b.node && overlaps(a.box, b.box))
        yield `overlap: '${a.text}' and '${b.text}'`;
}

function* outside(lines) {
  const width = document.documentElement.clientWidth;

  for (const { text, box, element } of lines) {
    const svg = element.closest("svg"), cell = element.closest("td, th");

    if (box.left < -1 || box.right > width + 1)
      yield `outside: '${text}' of the page`;
    if (svg && !isInside(box, svg.getBoundingClientRect()))
      yield `outside: '${text}' of its picture`;
    if (cell && !isInside(box, cell.getBoundingClientRect()))
      yield `outside: '${text}' of its cell`;
  }
  for (const shape of document.querySelectorAll("svg :is(rect, circle, polyline, line, path)"))
    if (!shape.closest("defs") &&
        !isInside(shape.getBoundingClientRect(), shape.closest("svg").getBoundingClientRect(), 2))
      yield `outside: a ${shape.tagName} of its picture`;
}

function* scroll() {
  const { scrollWidth, clientWidth } = document.scrollingElement;

  if (scrollWidth > clientWidth)
    yield `scroll: the page is ${scrollWidth} wide in ${clientWidth}`;
}

// A text is in a box, or beside it.
function* crossing(lines) {
  for (const svg of document.querySelectorAll("svg")) {
    const boxes = [...svg.querySelectorAll("rect")].map(rect => rect.getBoundingClientRect());

    for (const { text, box, element } of lines.filter(line => svg.contains(line.element)))
      for (const other of boxes)
        if (overlaps(box, other) && !isInside(box, other))
          yield `crossing: '${text}' and a box`;
  }
}

function* small(lines) {
  for (const { text, element } of lines) {
    const scale = element.getScreenCTM?.().a ?? 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;

    if (size < SMALLEST)
      yield `small: '${text}' has ${size.toFixed(1)} pixels`;
  }
}

// Colours

function colourOf(text) {
  const [r, g, b, a = 1] = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];

  return { rgb: [r, g, b], alpha: a };
}

const linear8 = value => value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;

function luminance({ rgb }) {
  const [r, g, b] = rgb.map(linear8);

  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);

  return (high + 0.05) / (low + 0.05);
}

const isSvg = element => element instanceof SVGElement;

// What is behind a point of an element.
function behind(element, x, y) {
  const under = document.elementsFromPoint(x, y).filter(other => !element.contains(other));

  for (const other of under) {
    const style = getComputedStyle(other);
    const paint = isSvg(other) && other.tagName !== "svg" ? style.fill : style.backgroundColor;

    if (!/text|tspan|line$/.test(other.tagName) && colourOf(paint).alpha > 0.99)
      return colourOf(paint);
  }
  return colourOf(getComputedStyle(document.body).backgroundColor);
}

function* faint(lines) {
  for (const { text, box, element } of lines) {
    const style = getComputedStyle(element);
    const ratio = contrast(colourOf(isSvg(element) ? style.fill : style.color),
      behind(element, (box.left + box.right) / 2, (box.top + box.bottom) / 2));

    if (ratio < 4.5)
      yield `contrast: '${text}' has ${ratio.toFixed(2)}:1`;
  }
  for (const curve of document.querySelectorAll(".curve, .bar:not([fill-opacity])")) {
    const style = getComputedStyle(curve), page = getComputedStyle(document.body);
    const ratio = contrast(colourOf(curve.matches(".curve") ? style.stroke : style.fill),
      colourOf(page.backgroundColor));

    if (ratio < 3)
      yield `contrast: a ${curve.tagName} has ${ratio.toFixed(2)}:1`;
  }
}

// How red-blind and green-blind readers see light (Vienot, Brettel and Mollon, 1999).
const SIGHTS = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  "red-blind": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
  "green-blind": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
};

// CIE L*a*b* of linear light.
function lab([r, g, b]) {
  const f = t => t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);

  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seen(colour, sight) {
  const light = colour.rgb.map(linear8);

  return lab(sight.map(row => row.reduce((sum, part, i) => sum + part * light[i], 0)));
}

function* alike() {
  for (const svg of document.querySelectorAll("svg")) {
    const curves = [...svg.querySelectorAll(".curve")].map(curve => getComputedStyle(curve));

    for (const [i, a] of curves.entries())
      for (const b of curves.slice(i + 1).filter(b => b.strokeDasharray === a.strokeDasharray))
        for (const [name, sight] of Object.entries(SIGHTS)) {
          const [one, two] = [a, b].map(style => seen(colourOf(style.stroke), sight));
          const distance = Math.hypot(...one.map((value, k) => value - two[k]));

          if (distance < 15)
            yield `alike: ${a.stroke} and ${b.stroke}, ${name}: ${distance.toFixed(0)}`;
        }
  }
}

// What a picture needs

const has = (svg, selector) => svg.querySelectorAll(selector).length;

function* axis() {
  for (const svg of document.querySelectorAll("figure > svg")) {
    const sides = svg.matches(".ladder") ? ["x"] : ["x", "y"];

    for (const side of sides.filter(side => has(svg, `.tick.${side}`) < 2))
      yield `axis: ${svg.classList} has ${has(svg, `.tick.${side}`)} ticks of ${side}`;
    if (has(svg, ".title") < sides.length)
      yield `axis: ${svg.classList} does not say what its axes are`;
  }
}

// Each curve is named beside its end, or below.
function* label() {
  for (const svg of document.querySelectorAll("figure > svg")) {
    const named = has(svg, ".label") + svg.parentElement.querySelectorAll(".legend span").length;

    if (named < has(svg, ".curve"))
      yield `label: ${svg.classList} has ${has(svg, ".curve")} curves, ${named} names`;
  }
  for (const svg of document.querySelectorAll(".heat"))
    if (!/\d/.test(svg.parentElement.querySelector(".legend")?.textContent ?? ""))
      yield "label: the heat map does not say what its shades are";
}

function* hover() {
  for (const svg of document.querySelectorAll("figure > svg")) {
    const box = svg.getBoundingClientRect(), output = svg.parentElement.querySelector("output");

    for (const share of [0, 0.3, 0.6, 1]) {
      if (output)
        output.textContent = "";
      svg.dispatchEvent(new PointerEvent("pointermove", {
        clientX: box.left + share * box.width, clientY: box.top + share * box.height,
      }));
      if (!/\d|available/.test(output?.textContent ?? "") ||
          /NaN|undefined|null|Infinity/.test(output.textContent))
        yield `hover: ${svg.classList} shows '${output?.textContent}'`;
    }
  }
}

// Words of numbers that are none.
function* nonsense(lines) {
  for (const { text } of lines)
    if (/\b(NaN|undefined|null|Infinity|-0)\b/.test(text))
      yield `nonsense: '${text}'`;
}

function look() {
  const rules = [overlap, outside, scroll, crossing, small, faint, alike, axis, label, nonsense];
  const complaints = [...hover()], lines = textsOf(document.body);

  return complaints.concat(...rules.map(rule => [...rule(lines)]));
}
