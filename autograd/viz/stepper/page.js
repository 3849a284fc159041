"use strict";
// Shows the steps that write_stepper worked out. Text goes into the page as text only, so that no label can be markup.

const data = JSON.parse(document.getElementById("data").textContent, (key, value) =>
  ["local", "data"].includes(key) ? Number(value) : value);
const { nodes, edges, root } = data;
const byId = (id) => document.getElementById(id);
const computed = nodes.filter((node) => node.formula.length);
const orders = Object.fromEntries(Object.entries(data.orders).map(([name, steps]) => [name, steps.map(
  ([edge, upstream, contribution, grad]) =>
    ({ edge: edges[edge], upstream: Number(upstream), contribution: Number(contribution), grad: Number(grad) }))]));

nodes.forEach((node, i) => Object.assign(node, { i, uses: [], grad: i === root ? 1 : 0 }));
for (const edge of edges) {
  edge.node = nodes[edge.node];
  edge.parent = nodes[edge.parent];
  edge.parent.uses.push(edge);
}
const ORDINALS = ["first", "second", "third"];
for (const edge of edges) {  // "the first a, the second a", where an operand comes twice
  const twins = edge.parent.uses.filter((other) => other.node === edge.node);
  const place = twins.indexOf(edge);
  edge.operand = twins.length > 1 ? `${ORDINALS[place] ?? `${place + 1}th`} ${edge.parent.name}` : edge.parent.name;
  edge.the = twins.length > 1 ? `the ${edge.operand}` : edge.operand;
  edge.partial = `∂${edge.node.name}/∂${twins.length > 1 ? `(${edge.operand})` : edge.operand}`;
}
for (const step of orders.topological) step.edge.parent.grad = step.grad;  // the last one is the whole gradient

// The positions: 0 before all, one for each computed value, one for the root's own gradient, one for each step back,
// and one when all is done.
const TURN = computed.length + 1;
const END = TURN + edges.length + 1;
let position = 0;
let order = "topological";
let selected = null;
let timer = null;

// ---- Writing numbers and formulas

function format(number) {  // six significant digits, as Python's ".6g" writes them
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  const [digits, exponent] = number.toExponential(5).split("e");
  const plain = exponent >= -4 && exponent < 6;
  let text = plain ? number.toPrecision(6) : digits;
  if (text.includes(".")) text = text.replace(/\.?0+$/, "");
  if (!plain) text += `e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  return text.replaceAll("-", "−");
}

const inside = (number) => number < 0 ? `(${format(number)})` : format(number);
const gradient = (node) => `${node.name}.grad`;  // ∂ is for the local derivatives on the edges only
const symbols = (parts) => parts.map((part) => typeof part === "number" ? nodes[part].name : part).join("");

function chain(parts, result) {  // "= w · x = 0.5 · 2 = 1", without saying a thing twice
  const numbers = parts.length === 1 && typeof parts[0] === "number" ? format(nodes[parts[0]].data)
    : parts.map((part) => typeof part === "number" ? inside(nodes[part].data) : part).join("");
  return [symbols(parts), numbers, format(result)].filter((text, i, all) => i === 0 || text !== all[i - 1])
    .map((text) => ` = ${text}`).join("");
}

function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${Number(number) === 1 ? "" : "s"}`;
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function setClass(place, name, on) {
  if (place.classList.contains(name) !== Boolean(on)) place.classList.toggle(name, on);
}

// ---- The picture

const arrow = (id, name) => drawing("marker", {
  id, class: `arrow ${name}`, viewBox: "0 0 10 10", refX: 9, refY: 5, markerUnits: "userSpaceOnUse",
  markerWidth: name ? 18 : 9, markerHeight: name ? 18 : 9, orient: "auto-start-reverse",
}, drawing("path", { d: "M0 0L10 5L0 10z" }));

const margin = 10;
const svg = drawing("svg", {
  role: "group", "aria-label": "The graph. Up and Down go from value to value, Enter shows where a gradient comes from.",
  viewBox: `${-margin} ${-margin} ${data.width + 2 * margin} ${data.height + 2 * margin}`,
}, drawing("defs", {}, arrow("forward", ""), arrow("forward-now", "accent"), arrow("backward-now", "back")));

for (const edge of edges) {
  edge.label = drawing("text", { x: edge.x, y: edge.y + 4 });
  edge.shape = drawing("g", { class: "edge", "aria-hidden": "true" }, drawing("path", { d: edge.path }), edge.label);
  svg.append(edge.shape);
}
for (const node of nodes) {
  const { width, height } = node;
  const [left, top] = [-width / 2, -height / 2];
  const box = (grow, extra) => drawing("rect", {
    x: left - grow, y: top - grow, width: width + 2 * grow, height: height + 2 * grow,
    rx: node.formula.length ? 12 : 0, ...extra,
  });
  const made = drawing("tspan", { class: "made" }, node.short ? ` = ${node.short}` : "");
  node.amount = drawing("text", { class: "amount", x: -left - 9, y: 7 }, "");
  node.sum = drawing("text", { class: "amount grad", x: -left - 9, y: 22 }, "");
  node.shape = drawing("g", {
    class: `node ${node.formula.length ? "computed" : "leaf"}`, transform: `translate(${node.x} ${node.y})`,
    role: "button", tabindex: node.i === root ? 0 : -1, "aria-pressed": "false",
  }, drawing("title", {}, `${node.name}${node.formula.length ? ` = ${symbols(node.formula)}` : ", given"}`),
  box(7, { class: "focus" }), box(0, { class: "box" }), ...(node.i === root ? [box(4, { class: "ring" })] : []),
  drawing("text", { class: "title", x: 0, y: -9, "text-anchor": "middle" }, node.caption, made),
  drawing("text", { class: "what", x: left + 9, y: 7 }, "value"), node.amount,
  drawing("text", { class: "what", x: left + 9, y: 22 }, "grad"), node.sum);
  node.shape.addEventListener("click", () => select(node));
  node.shape.addEventListener("keydown", (event) => {
    const to = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter") select(node);
    else if (to) (nodes[node.i + to] ?? node).shape.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  node.shape.addEventListener("focus", () => {
    for (const other of nodes) if (other.shape.tabIndex === 0) other.shape.setAttribute("tabindex", -1);
    node.shape.setAttribute("tabindex", 0);
    show(node.x, node.y);
  });
  svg.append(node.shape);
}
const picture = byId("picture");
picture.append(svg);

let scale = 1;
function fit() {
  const whole = Math.min(picture.clientWidth / (data.width + 2 * margin), picture.clientHeight / (data.height + 2 * margin));
  const legible = 0.75;
  byId("whole-label").hidden = whole >= legible;
  scale = byId("whole").checked || whole >= legible ? Math.min(whole, 1.4) : legible;
  svg.setAttribute("width", (data.width + 2 * margin) * scale);
  svg.setAttribute("height", (data.height + 2 * margin) * scale);
}

function show(x, y) {  // bring a place into the middle of the picture, unless it is well in view
  const box = picture.getBoundingClientRect();
  const drawn = svg.getBoundingClientRect();
  const [dx, dy] = [drawn.left - box.left + (x + margin) * scale, drawn.top - box.top + (y + margin) * scale];
  const away = (at, size) => at < size * 0.3 || at > size * 0.7 ? at - size / 2 : 0;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  picture.scrollBy({
    left: away(dx, picture.clientWidth), top: away(dy, picture.clientHeight), behavior: calm ? "auto" : "smooth",
  });
}

// ---- The table

const caption = element("caption");
const rightHead = element("th", { scope: "col", class: "number" }, "Right answer");
const rows = element("tbody");
for (const node of nodes) {
  const name = element("button", { type: "button", class: "name", title: `Where ${gradient(node)} comes from` }, node.name);
  name.addEventListener("click", () => select(node));
  node.cells = { data: element("td", { class: "number" }), grad: element("td", { class: "number grad" }),
    right: element("td", { class: "number" }), arrived: element("td", { class: "number" }) };
  node.row = element("tr", {}, element("th", { scope: "row" }, name),
    element("td", {}, node.formula.length ? symbols(node.formula) : "given"), ...Object.values(node.cells));
  rows.append(node.row);
}
byId("values").append(element("table", {}, caption, element("thead", {}, element("tr", {},
  element("th", { scope: "col" }, "Name"), element("th", { scope: "col" }, "Made from"),
  element("th", { scope: "col", class: "number" }, "Value"),
  element("th", { scope: "col", class: "number" }, "Gradient so far"),
  rightHead,
  element("th", { scope: "col", class: "number" }, "Contributions"))), rows));

// ---- The state at a position, and showing it

function stateAt(position) {
  const state = {
    known: new Set(nodes.filter((node) => !node.formula.length).concat(computed.slice(0, position))),
    grads: nodes.map(() => null),  // accumulated so far
    arrived: nodes.map(() => 0),  // how many contributions to it are in
    propagated: new Set(),
    early: new Set(),  // propagated before all had arrived
  };
  if (position >= TURN) state.grads[root] = 1;
  for (const { edge: { node, parent }, grad } of orders[order].slice(0, Math.max(0, position - TURN))) {
    if (!state.propagated.has(node) && state.arrived[node.i] < node.uses.length) state.early.add(node);
    state.propagated.add(node);
    state.before = state.grads[parent.i];
    state.grads[parent.i] = grad;
    state.arrived[parent.i] += 1;
  }
  state.complete = (node) => state.grads[node.i] !== null && state.arrived[node.i] === node.uses.length;
  state.wrong = (node) => state.complete(node) && format(state.grads[node.i]) !== format(node.grad);
  return state;
}

function goTo(target) {
  position = Math.min(Math.max(target, 0), END);
  const state = stateAt(position);
  const made = position < TURN ? computed[position - 1] : undefined;
  const step = orders[order][position - TURN - 1];
  const inPlay = new Set([made, step?.edge.node, step?.edge.parent, position === TURN ? nodes[root] : undefined]);
  const naive = order !== "topological";
  for (const node of nodes) {
    const { shape, cells, row, i } = node;
    const value = state.known.has(node) ? format(node.data) : "—";
    const [wrong, early, complete] = [state.wrong(node), state.early.has(node), state.complete(node)];
    const sum = state.grads[i] === null ? "—" : format(state.grads[i]);
    const marked = `${sum}${wrong ? " ✗" : ""}${early ? " ⚠" : ""}`;
    setText(node.amount, value);
    setText(node.sum, marked);
    setText(cells.data, value);
    setText(cells.grad, marked);
    setText(cells.arrived, i === root ? "" : `${state.arrived[i]} of ${node.uses.length}`);
    setText(cells.right, format(node.grad));
    cells.right.hidden = !naive;
    for (const place of [shape, row]) {
      setClass(place, "now", inPlay.has(node));
      setClass(place, "wrong", wrong || early);
    }
    setClass(shape, "complete", complete);
    setClass(shape, "backward", position >= TURN);
    const status = wrong ? ", wrong" : early ? ", propagated too soon" : complete || sum === "—" ? "" : " so far";
    const spoken = `${node.name}, value ${value}, gradient ${sum === "—" ? "not known yet" : sum}${status}`;
    if (shape.getAttribute("aria-label") !== spoken) shape.setAttribute("aria-label", spoken);
  }
  rightHead.hidden = !naive;
  setText(caption, naive ? "✗ wrong   ⚠ propagated before it was complete" : "");
  for (const edge of edges) {
    setText(edge.label, state.known.has(edge.node) ? format(edge.local) : "");
    setClass(edge.shape, "now", edge === step?.edge || edge.node === made);
    setClass(edge.shape, "backward", edge === step?.edge);
  }
  const start = made ?? (position ? nodes[root] : nodes[0]);
  const [from, to] = step ? [step.edge.node, step.edge.parent] : [start, start];
  show((from.x + to.x) / 2, (from.y + to.y) / 2);
  const table = byId("values");
  if (table.scrollHeight > table.clientHeight) table.scrollTop = to.row.offsetTop - table.clientHeight / 2;

  const said = step ? sayStep(step, state) : made ? sayValue(made) : position === TURN ? sayTurn()
    : position ? sayEnd(state) : sayStart();
  byId("step").replaceChildren(element("h2", {}, said.title), ...said.body);
  setText(byId("live"), `${said.title}. ${said.spoken}`);
  const where = position === 0 ? "Start" : position < TURN ? `Forward ${position} of ${computed.length}`
    : position === END ? "Done" : `Backward ${position - TURN} of ${edges.length}`;
  setText(byId("position"), where);
  byId("slider").value = position;
  byId("slider").setAttribute("aria-valuetext", where);
  for (const id of ["start", "back"]) byId(id).disabled = position === 0;
  for (const id of ["next", "end"]) byId(id).disabled = position === END;
  byId("turn").disabled = position === TURN;
  if (position === END) pause();
}

// ---- Each step in words

// Text in an element, with what is written ∂…/∂… kept on one line.
const line = (tag, text, name = "") => element(tag, name ? { class: name } : {}, ...text.split(/(∂\S+\/∂(?:\([^)]*\)|\S+))/).map(
  (part, i) => i % 2 ? element("span", { class: "unbroken" }, part) : part));
const paragraph = (text, name) => line("p", text, name);
const item = (text) => line("li", text);

function sayStart() {
  const given = nodes.filter((node) => !node.formula.length);
  const [result, one] = [nodes[root].name, (given.find((node) => node.i !== root) ?? nodes[root]).name];
  const text = `${result} is computed from ${given.length > 8 ? count(given.length, "number") : given.map((node) =>
    node.name).sort().join(", ")}. How would ${result} change if ${one} alone were a little larger? The answer is the gradient of ` +
    `${one}, written ${one}.grad: ${result} moves so many times as much as ${one} does. This page finds all of them.`;
  return {
    title: "What this shows", spoken: text,
    body: [paragraph(text), element("ul", {},
      item("A box is a number. With sharp corners it was given, with round ones computed; the double border is " +
        `the result, ${result}.`),
      item("First the forward pass, from the top down, computes every value, and for each edge a local derivative: " +
        "∂y/∂x says how much y moves when x alone of its inputs moves."),
      item("Then the backward pass, from the bottom up, accumulates every gradient.")),
    paragraph("Press Next, or the right arrow key. Click a box to see where its gradient comes from.")],
  };
}

function sayValue(node) {
  const list = element("ul", { class: "math" });
  for (const edge of edges) {
    if (edge.node === node) list.append(item(edge.partial + chain(edge.rule, edge.local)));
  }
  const text = `${node.name}${chain(node.formula, node.data)}`;
  return {
    title: `Forward: compute ${node.name}`, spoken: text,
    body: [element("p", { class: "math" }, element("b", {}, text)), ...(list.children.length ? [
      paragraph(`How sensitive is ${node.name} to each input? By the rule for ${node.op}:`), list,
      paragraph("These are the local derivatives: one input moves, the others are held. They stay on the edges for the " +
        "backward pass.")] : [])],
  };
}

const ORDERS = {
  topological: "In topological order a value propagates only after every value that uses it, so its gradient is complete.",
  depth: "Depth first: a value propagates as soon as its first contribution arrives, and so do its inputs, down to the " +
    "leaves, without waiting for the rest.",
  breadth: "Breadth first: values propagate in the order in which first contributions reach them, those nearest to the " +
    "result first, without waiting for the rest.",
};

function sayTurn() {
  const name = nodes[root].name;
  const text = `${gradient(nodes[root])} = 1`;
  return {
    title: "Backward: begin at the result", spoken: `${text}: ${name} moves exactly as much as itself.`,
    body: [element("p", { class: "math" }, element("b", {}, text)),
      paragraph(`${name} moves exactly as much as itself. From here gradients go back along the edges: each value propagates ` +
        "its gradient, times the local derivative on the edge, to its inputs."),
      paragraph(ORDERS[order])],
  };
}

function sayStep({ edge, upstream, contribution, grad }, state) {
  const { node, parent, local } = edge;
  const [arrived, all] = [state.arrived[parent.i], parent.uses.length];
  const name = nodes[root].name;
  const right = !state.early.has(node) && format(upstream) === format(node.grad);
  const others = edges.filter((other) => other.node === node).length - 1;
  const sum = state.before === null ? "" : `${format(state.before)} + ${inside(contribution)} = `;
  const progress = `${gradient(parent)}${arrived < all ? " so far" : ""}: ${sum}${format(grad)}. ` + (all === 1
    ? `${parent.name} is used only here, so this is all of it.`
    : arrived < all
      ? `${parent.name} is used ${all} times, and ${all - arrived} more will add to it.`
      : `All ${all} contributions are in.`);
  const body = [
    element("div", { class: "chain" },
      element("b", {}, gradient(parent)), element("b", {}, "+="), element("b", {}, `${gradient(node)} · ${edge.partial}`),
      element("span"), element("span", {}, "="), element("span", {}, `${format(upstream)} · ${inside(local)}`),
      element("span"), element("span", {}, "="), element("span", {}, format(contribution))),
    element("ul", {},
      item(`When ${edge.the} moves a little${others ? `, the other${others > 1 ? "s" : ""} held` : ""}, ${node.name} moves ${format(local)} times as ` +
        `much: ${edge.partial}${chain(edge.rule, local)}, kept from the forward pass.`),
      item(right
        ? `When ${node.name} moves, ${name} moves ${format(upstream)} times as much: ${gradient(node)}, complete by now.`
        : `${gradient(node)} is ${format(upstream)}${state.early.has(node) ? " so far, and not complete" : ", which is wrong"}.`),
      item(`${right ? `So along this edge ${name} moves` : `This edge contributes`} ${format(upstream)} · ${inside(local)}` +
        `${right ? ` times as much as ${edge.the}` : ""}: the chain rule. += accumulates it: it is added to what came by ` +
        "other edges.")),
    paragraph(progress),
  ];
  let warning = "";
  if (state.early.has(node)) {
    warning = `Too soon: ${node.name} propagates ${format(upstream)}, but not all of its ${node.uses.length} contributions have arrived. ` +
      `Its complete gradient is ${format(node.grad)}.`;
  } else if (format(upstream) !== format(node.grad)) {
    warning = `${node.name} propagates ${format(upstream)}, which is wrong already: it should be ${format(node.grad)}.`;
  }
  if (state.propagated.has(parent)) warning += ` Too late: ${parent.name} has propagated its gradient already, without this contribution.`;
  if (warning) body.unshift(paragraph(`⚠ ${warning.trim()}`, "warning"));
  return {
    title: `Backward: from ${node.name} to ${parent.name}${edge.the === parent.name ? "" : ` (${edge.the})`}`, body,
    spoken: `${warning} ${gradient(parent)} gains ${format(upstream)} times ${format(local)}, which is ` +
      `${format(contribution)}. ${progress}`,
  };
}

function sayEnd(state) {
  const wrong = nodes.filter((node) => state.wrong(node));
  const early = nodes.filter((node) => state.early.has(node));
  const list = (some) => some.slice(0, 8).map((node) => node.name).join(", ") + (some.length > 8 ? ", …" : "");
  const naive = order !== "topological";
  let text;
  if (!naive) {
    text = `Every gradient is complete. ${count(edges.length, "step")}, one for each edge, found how ${nodes[root].name} moves ` +
      `with each of the ${count(nodes.length, "value")}. Training now moves each weight a little against its gradient. ` +
      "To see why the order matters, choose another order of the backward pass.";
  } else if (early.length) {
    text = `${count(wrong.length, "gradient")} of ${nodes.length} came out wrong. ${list(early)} propagated a gradient before ` +
      "all contributions to it were in, and what came later never got through. In topological order a value propagates " +
      "only after every value that uses it.";
  } else {
    const shared = computed.filter((node) => node.uses.length > 1);
    text = "Every gradient came out right, because " + (shared.length
      ? `this order happened to reach ${list(shared)} after all contributions to them were in. Try the other order.`
      : "no computed value is used twice on this graph: nothing can propagate too soon. On the graph of u·(u + c), with " +
        "u = a·b, it goes wrong.");
  }
  return {
    title: naive ? wrong.length ? "Done, and wrong" : "Done, and right this time" : "Done",
    spoken: text, body: [paragraph(text, wrong.length ? "warning" : "good"), element("ul", { class: "math" },
      ...wrong.slice(0, 8).map((node) => item(
        `${gradient(node)} came out as ${format(state.grads[node.i])}; right is ${format(node.grad)}`)))],
  };
}

// ---- A value's derivation

function select(node) {
  const before = selected;
  selected = node === selected ? null : node;
  for (const one of [before, selected]) {
    if (!one) continue;
    one.shape.setAttribute("aria-pressed", one === selected);
    setClass(one.shape, "selected", one === selected);
  }
  const place = byId("derivation");
  place.hidden = !selected;
  if (!selected) return;
  const close = element("button", { type: "button", class: "close" }, "Close");
  close.addEventListener("click", () => { select(selected); node.shape.focus(); });
  place.replaceChildren(close, ...derivation(node));
  place.scrollTop = 0;
  place.scrollIntoView({ block: "nearest" });
  setText(byId("live"), `${gradient(node)} is ${format(node.grad)}, from ${count(node.uses.length, "contribution")}.`);
}

function derivation(node) {
  const name = nodes[root].name;
  const nudge = node.grad * 0.001;
  const told = [element("h2", {}, `${gradient(node)} = ${format(node.grad)}`)];
  if (node.formula.length) told.push(element("p", { class: "math" }, node.name + chain(node.formula, node.data)));
  if (Number.isFinite(nudge)) {
    told.push(paragraph(`If ${node.name} were 0.001 larger, ${name} would be about ${Number(Math.abs(nudge).toPrecision(3))} ` +
      `${nudge < 0 ? "smaller" : "larger"}.`));
  }
  if (node.i === root) return [...told, paragraph(`${name} moves exactly as much as itself.`)];
  const shares = node.uses.map((edge) => edge.node.grad * edge.local);
  const list = element("ol", { class: "math" }, ...node.uses.map((edge, i) => item(
    `through ${edge.node.name}${edge.the === node.name ? "" : `, ${edge.the}`}: ${gradient(edge.node)} · ${edge.partial} = ` +
    `${format(edge.node.grad)} · ${inside(edge.local)} = ${format(shares[i])}`)));
  told.push(element("h3", {}, node.uses.length === 1 ? "The one contribution" : `The ${node.uses.length} contributions, and their sum`), list);
  if (shares.length > 1) told.push(sum(shares, node.grad));
  return [...told, ...inFull(node)];
}

const sum = (shares, total) => element("p", { class: "math" }, element("b", {},
  `Sum: ${shares.map((share, i) => i ? inside(share) : format(share)).join(" + ")} = ${format(total)}`));

function inFull(node) {  // every path from the root, multiplied out, where they are few
  const ways = nodes.map(() => 0n);
  const longest = nodes.map(() => 0);
  ways[root] = 1n;
  for (const one of [...nodes].reverse()) {  // what a value is used for comes after it
    for (const edge of one.uses) {
      ways[one.i] += ways[edge.node.i];
      longest[one.i] = Math.max(longest[one.i], longest[edge.node.i] + 1);
    }
  }
  const head = element("h3", {}, `All the way from ${nodes[root].name}: ${count(ways[node.i], "path")}`);
  if (ways[node.i] > 12n || longest[node.i] > 24) {
    return [head, paragraph("Too many to write out. Backpropagation never walks them one by one: each value accumulates " +
      `its contributions and propagates the sum. Here that takes ${count(edges.length, "step")} for all gradients together.`)];
  }
  let paths = [[]];
  for (let grown = true; grown;) {
    grown = false;
    paths = paths.flatMap((path) => {
      const last = path.length ? path.at(-1).node : node;
      if (last.i === root) return [path];
      grown = true;
      return last.uses.map((edge) => [...path, edge]);
    });
  }
  const products = paths.map((path) => path.reduceRight((product, edge) => product * edge.local, 1));
  const list = element("ol", { class: "math" }, ...paths.map((path, i) => {
    const edges = [...path].reverse();
    return item(`${edges.map((edge) => edge.partial).join(" · ")} = ` +
      `${edges.map((edge) => inside(edge.local)).join(" · ")} = ${format(products[i])}`);
  }));
  return [head, list, ...(products.length > 1 ? [sum(products, products.reduce((a, b) => a + b))] : [])];
}

// ---- Controls

function pause() {
  clearInterval(timer);
  timer = null;
  setText(byId("play"), "Play");
}

function play() {
  if (position === END) goTo(0);
  clearInterval(timer);
  timer = setInterval(() => goTo(position + 1), Number(byId("speed").value));
  setText(byId("play"), "Pause");
}

function step(to) {
  pause();
  goTo(to);
}

byId("slider").max = END;
byId("start").addEventListener("click", () => step(0));
byId("back").addEventListener("click", () => step(position - 1));
byId("next").addEventListener("click", () => step(position + 1));
byId("end").addEventListener("click", () => step(END));
byId("turn").addEventListener("click", () => step(TURN));
byId("play").addEventListener("click", () => (timer ? pause() : play()));
byId("slider").addEventListener("input", (event) => step(Number(event.target.value)));
byId("speed").addEventListener("change", () => timer && play());
byId("whole").addEventListener("change", () => { fit(); goTo(position); });
for (const choice of document.getElementsByName("order")) {
  choice.addEventListener("change", () => { order = choice.value; goTo(position); });
}
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape" && selected) select(selected);
  if (event.target.closest("input[type=range], input[type=radio], select")) return;  // which have their own arrow keys
  const to = { ArrowLeft: position - 1, ArrowRight: position + 1, Home: 0, End: END }[event.key];
  if (to !== undefined) step(to);
  else if (event.key === " " && !event.target.closest("button, input")) (timer ? pause() : play());
  else return;
  event.preventDefault();
});
new ResizeObserver(fit).observe(picture);
fit();
goTo(0);
