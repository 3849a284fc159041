// Each step, each value and each outcome in words.
import { firstLeaf, format, graph, isComplete, isGiven, now, ORDERS, progressAt, stepAt } from "./state.js";
import { element, markOf } from "./picture.js";

/** @typedef {import("./state.js").GraphNode} GraphNode */
/** @typedef {import("./state.js").Edge} Edge */
/** @typedef {import("./state.js").Progress} Progress */
/** @typedef {{title: string, spoken: string, body: HTMLElement[]}} Said */

/** @type {(number: number) => string} */
export const inside = (number) => number < 0 || Object.is(number, -0) ? `(${format(number)})` : format(number);
/** @type {(node: GraphNode) => string} */
export const gradient = (node) => `${node.name}.grad`;  // ∂ is for the local derivatives on the edges only
/** @type {(parts: import("./state.js").Tokens) => string} */
export const symbols = (parts) => parts.map((part) => typeof part === "number" ? graph.nodes[part].name : part).join("");

/**
 * "= w · x = 0.5 · 2 = 1", without saying a thing twice
 * @type {(parts: import("./state.js").Tokens, result: number) => string}
 */
export function chain(parts, result) {
  const numbers = parts.map((part, i) => {
    if (typeof part !== "number") return part;
    const alone = String(parts[i - 1] ?? "(").endsWith("(") && String(parts[i + 1] ?? ")").startsWith(")");
    return alone ? format(graph.nodes[part].data) : inside(graph.nodes[part].data);
  }).join("");
  return [symbols(parts), numbers, format(result)].filter((text, i, all) => i === 0 || text !== all[i - 1])
    .map((text) => ` = ${text}`).join("");
}

/**
 * A local derivative's rule and number; the number alone where another number may have another rule.
 * @type {(edge: Edge) => string}
 */
export const rule = (edge) => edge.decided && !isGiven() ? ` = ${format(edge.local)}` : chain(edge.rule, edge.local);

/** @type {(number: number | bigint, noun: string) => string} */
export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${Number(number) === 1 ? "" : "s"}`;

/** @type {(nodes: GraphNode[]) => string} */
export const names = (nodes) => nodes.slice(0, 8).map((node) => node.name).join(", ") + (nodes.length > 8 ? ", …" : "");

/** @type {(number: number) => string} */
const moves = (number) => number === 1 ? "moves exactly as much" : number === -1 ? "moves exactly as much, the other way"
  : number === 0 ? "does not move" : `moves ${format(number)} times as much`;

/**
 * Text in an element, with what is written ∂…/∂… kept on one line.
 * @type {(tag: string, text: string, name?: string) => HTMLElement}
 */
const line = (tag, text, name = "") => element(tag, name ? { class: name } : {}, ...text.split(
  /(∂\S+\/∂(?:\([^)]*\)|\S+))/).map((part, i) => i % 2 ? element("span", { class: "unbroken" }, part) : part));
/** @type {(text: string, name?: string) => HTMLElement} */
export const paragraph = (text, name) => line("p", text, name);
/** @type {(text: string) => HTMLElement} */
export const item = (text) => line("li", text);
/** @type {(text: string) => HTMLElement} */
const equation = (text) => element("p", { class: "math" }, element("b", {}, text));

/** @type {(position: number) => string} */
export const placeOf = (position) => position === 0 ? "Start"
  : position < graph.turn ? `Forward ${position} of ${graph.computed.length}`
    : position === graph.end ? "Done" : `Backward ${position - graph.turn} of ${graph.edges.length}`;

/** @type {(position: number, progress: Progress) => Said} */
export function say(position, progress) {
  const step = stepAt(now.order, position);
  if (step) return sayStep(step, progress);
  if (position > 0 && position < graph.turn) return sayValue(graph.computed[position - 1]);
  return position === 0 ? sayStart() : position === graph.turn ? sayTurn() : sayEnd(progress);
}

/** @returns {Said} */
function sayStart() {
  const { root, leaves } = graph;
  const result = root.name;
  const one = firstLeaf().name;
  const text = `${result} is computed from ${leaves.length > 8 ? count(leaves.length, "number") : leaves.map((node) =>
    node.name).join(", ")}. How would ${result} change if ${one} alone were a little larger? The answer is the gradient of ` +
    `${one}, written ${one}.grad: ${result} moves so many times as much as ${one} does. This page finds all of them.`;
  return {
    title: "What this shows", spoken: text,
    body: [paragraph(text), element("ul", {},
      item("A box is a value: data is its number, grad its gradient. With sharp corners it was given, with round ones " +
        `computed; the double border is the result, ${result}. An arrow leads from a value to each value that it is used for.`),
      item("First the forward pass, from the top down, computes every value, and for each edge a local derivative: " +
        "∂output/∂input says how much the output moves when this input alone moves."),
      item("Then the backward pass, from the bottom up, accumulates every gradient: it adds up what each use contributes. A complete " +
        "gradient is shaded, orange where it is positive, blue where it is negative.")),
    paragraph("Press Next, or the right arrow key. Click a box to see where its gradient comes from." + (graph.still ? ""
      : " Change a given number at any time, and everything follows."))],
  };
}

/** @type {(node: GraphNode) => Said} */
function sayValue(node) {
  const list = element("ul", { class: "math" }, ...node.edges.map((edge) => item(edge.partial + rule(edge))));
  const text = `${node.name}${chain(node.formula, node.data)}`;
  return {
    title: `Forward: compute ${node.name}`, spoken: text,
    body: [equation(text), ...(node.edges.length ? [
      paragraph(`How sensitive is ${node.name} to each input? By the rule for ${node.op}:`), list,
      ...twins(node),
      paragraph("These are the local derivatives: one input moves, the others are held still. They stay on the edges for the " +
        "backward pass.")] : [])],
  };
}

/**
 * What is said where an input comes twice.
 * @type {(node: GraphNode) => HTMLElement[]}
 */
const twins = (node) => [...new Set(node.edges.map((edge) => edge.parent))].flatMap((parent) => {
  const places = node.edges.filter((edge) => edge.parent === parent);
  return places.length < 2 ? [] : [paragraph(`${parent.name} is an input ${places.length === 2 ? "twice" : `${places.length} times`}, ` +
    `as ${places[0].the} and ${places.length > 2 ? "so on" : places[1].the}. Each has its own edge, and its own local derivative: as ` +
    "if it alone could move.")];
});

export const OF_ORDERS = {
  topological: ["topological order", "In topological order a value propagates only after every value that uses it, so its " +
    "gradient is complete."],
  depth: ["depth first", "Depth first: after a value comes its first input, then the first input of that, down to the given " +
    "numbers, and only then the others. No value waits until its gradient is complete."],
  breadth: ["breadth first", "Breadth first: values propagate in the order in which a first contribution reaches them. No " +
    "value waits until its gradient is complete."],
};

/** What the order is like, and what it is in this graph. */
function ofOrder() {
  const steps = graph.orders[now.order];
  const same = ORDERS.filter((order) => order !== now.order && graph.orders[order].every((edge, i) => edge === steps[i]));
  return `${OF_ORDERS[now.order][1]} Here they propagate in the order ${names([...new Set(steps.map((edge) => edge.node))])}` +
    `${same.length ? `, the same as ${same.map((order) => OF_ORDERS[order][0]).join(" and ")}` : ""}.`;
}

/** Why a wrong order does no harm in this graph, if it does none. */
function harmless() {
  if (now.order === "topological" || progressAt(now.order, graph.end).early.size) return "";
  const shared = graph.computed.filter((node) => node.uses.length > 1);
  return shared.length
    ? `this order happens to reach ${names(shared)} after all contributions to ${shared.length > 1 ? "them" : "it"} are in.`
    : "no computed value is used twice in this graph, so nothing can propagate too soon.";
}

/** @returns {Said} */
function sayTurn() {
  const name = graph.root.name;
  const text = `${gradient(graph.root)} = 1`;
  return {
    title: "Backward: begin at the result", spoken: `${text}: ${name} moves exactly as much as itself.`,
    body: [equation(text),
      paragraph(`${name} moves exactly as much as itself. From here gradients go back along the edges: each value propagates: ` +
        "it adds its own gradient, times the local derivative on the edge, to the gradient of each of its inputs."),
      ...(graph.edges.length ? [paragraph(ofOrder())] : []),
      ...(harmless() ? [paragraph(`It will come out right all the same: ${harmless()}`)] : [])],
  };
}

/** @type {(edge: Edge) => string} */
export const titleOf = ({ node, parent, the }) =>
  `Backward: from ${node.name} to ${parent.name}${the === parent.name ? "" : ` (${the})`}`;

/**
 * "b.grad: 4 + 20 = 24"
 * @type {(edge: Edge, contribution: number, grad: number, progress: Progress) => string}
 */
function sumSoFar({ parent }, contribution, grad, progress) {
  const sum = progress.before === null ? "" : `${format(progress.before)} + ${inside(contribution)} = `;
  return `${gradient(parent)}${progress.arrived[parent.i] < parent.uses.length ? " so far" : ""}: ${sum}${format(grad)}. `;
}

/** @type {(all: number) => string} */
const allOf = (all) => all === 1 ? "The one contribution" : all === 2 ? "Both contributions" : `All ${all} contributions`;

/** @type {(step: import("./state.js").Step, progress: Progress) => Said} */
function sayStep({ edge, upstream, contribution, grad }, progress) {
  const { node, parent, local } = edge;
  const [arrived, all] = [progress.arrived[parent.i], parent.uses.length];
  const name = graph.root.name;
  const early = progress.early.has(node);
  const right = !early && (!progress.tainted.has(node) || format(upstream) === format(node.grad));
  const others = node.edges.length - 1;
  const wrong = markOf(progress, parent) === "wrong";
  const text = sumSoFar(edge, contribution, grad, progress) + (arrived < all
    ? `${parent.name} is used ${all} times, and ${all - arrived} more will add to it.`
    : (all === 1 ? `${parent.name} is used only here, so this is all of it` : `${allOf(all)} are in`) + (wrong
      ? `, and yet it is wrong ✗: ${names([...progress.early])} propagated too soon, and what came later is missing here.`
      : all === 1 ? "." : `. When ${parent.name} moves, ${name} moves along all of these edges at once, and small moves add up.`));
  const body = [
    element("div", { class: "chain" },
      element("b", {}, gradient(parent)), element("b", {}, "+="), element("b", {}, `${gradient(node)} · ${edge.partial}`),
      element("span"), element("span", {}, "="), element("span", {}, `${format(upstream)} · ${inside(local)}`),
      element("span"), element("span", {}, "="), element("span", {}, format(contribution))),
    element("ul", {},
      item(`When ${edge.the} moves a little${others ? `, the other input${others > 1 ? "s" : ""} held still` : ""}, ${node.name} ` +
        `${moves(local)}: ${edge.partial}${rule(edge)}, kept from the forward pass.`),
      item(node === graph.root ? `${gradient(node)} is 1, where the backward pass starts: ${name} moves exactly as much as itself.` : right
        ? `When ${node.name} moves, ${name} ${moves(upstream)}: ${gradient(node)}, complete by now.`
        : `${gradient(node)} is ${format(upstream)}${early ? " so far, and not complete" : ", which is wrong"}.`),
      item(`${right ? `So along this edge ${name} moves` : `This edge contributes`} ${format(upstream)} · ${inside(local)}` +
        `${right ? ` times as much as ${edge.the}` : ""}: the chain rule. += accumulates it: it is added to what came by ` +
        "other edges.")),
    paragraph(text, wrong ? "warning" : ""),
  ];
  let warning = "";
  if (early) {
    warning = `Too soon: ${node.name} propagates ${format(upstream)}, and only ${progress.arrived[node.i]} of its ` +
      `${node.uses.length} contributions ${progress.arrived[node.i] === 1 ? "has" : "have"} arrived.`;
  } else if (!right) {
    warning = `${node.name} propagates ${format(upstream)}, which is wrong already: it was made from a gradient that was ` +
      "not complete.";
  }
  if (progress.propagated.has(parent)) {
    warning += ` Too late: ${parent.name} has propagated its gradient already, without this contribution.`;
  }
  if (warning) body.unshift(paragraph(`⚠ ${warning.trim()}`, "warning"));
  return {
    title: titleOf(edge), body,
    spoken: `${warning} ${gradient(parent)} gains ${format(upstream)} times ${format(local)}, which is ` +
      `${format(contribution)}. ${text}`,
  };
}

/** @type {(progress: Progress) => Said} */
function sayEnd({ grads, early }) {
  const wrong = graph.nodes.filter((node) => format(grads[node.i] ?? 0) !== format(node.grad));
  const naive = now.order !== "topological";
  let text;
  if (!naive) {
    text = `Every gradient is complete. ${count(graph.edges.length, "step")}, one for each edge, found how ${graph.root.name} moves ` +
      `with each of the ${count(graph.nodes.length, "value")}. What for: to make ${graph.root.name} smaller, move the given numbers a ` +
      "little against their gradients, as Descend does. To see why the order matters, choose another one, such as depth first.";
  } else if (wrong.length) {
    text = `${count(wrong.length, "gradient")} of ${graph.nodes.length} came out wrong. ${names([...early])} propagated a gradient before ` +
      "all contributions to it were in, and what came later never got through. In topological order a value propagates " +
      "only after every value that uses it.";
  } else if (early.size) {
    text = `Every gradient came out right, by luck: ${names([...early])} propagated too soon, and what came later changed ` +
      "nothing with these numbers. With others it would.";
  } else {
    text = `Every gradient came out right: ${harmless()} On a diamond, where two paths lead from one computed value to ` +
      "the result and one is longer, it goes wrong.";
  }
  return {
    title: naive ? wrong.length ? "Done, and wrong" : "Done, and right this time" : "Done",
    spoken: text, body: [paragraph(text, wrong.length ? "warning" : "good"), element("ul", { class: "math" },
      ...wrong.slice(0, 8).map((node) => item(
        `${gradient(node)} came out as ${format(grads[node.i] ?? 0)}; right is ${format(node.grad)}`)))],
  };
}

// ---- A value's derivation

/**
 * Where a gradient comes from, as far as the steps have come: nothing is told before its time.
 * @type {(node: GraphNode, position: number, progress: Progress) => Said}
 */
export function derive(node, position, progress) {
  const done = position === graph.end || (now.order === "topological" && isComplete(progress, node));
  const grad = progress.grads[node.i];
  const value = node.inputs ? progress.known.has(node)
    ? [element("p", { class: "math" }, node.name + chain(node.formula, node.data))]
    : [element("p", { class: "math" }, `${node.name} = ${symbols(node.formula)}`)] : [];
  if (!done) {
    const arrived = progress.arrived[node.i];
    const title = grad === null ? `${gradient(node)} is not known yet`
      : `${gradient(node)}${isComplete(progress, node) ? " =" : " so far:"} ${format(grad)}`;
    const users = names([...new Set(node.uses.map((edge) => edge.node))]);
    const contributions = [];
    for (let i = graph.turn + 1; i <= Math.min(position, graph.end - 1); i++) {
      const step = stepAt(now.order, i);
      if (step?.edge.parent === node) contributions.push(contribution(step.edge, step.upstream, step.contribution));
    }
    return {
      title, spoken: `${title}.`, body: [...value, ...(contributions.length
        ? [element("ol", { class: "math" }, ...contributions)] : []),
      paragraph(node === graph.root ? `The backward pass begins here.`
        : isComplete(progress, node) ? `${allOf(arrived)} ${arrived === 1 ? "is" : "are"} in` +
          `${markOf(progress, node) === "wrong" ? ", and yet it is wrong ✗" : ""}.`
          : `${arrived} of ${count(node.uses.length, "contribution")} so far. ${node.name} is used for ${users}, and the backward pass ` +
            "brings a contribution from each use.")],
    };
  }
  const told = [...value];
  if (grad !== null && format(grad) !== format(node.grad)) {
    told.push(paragraph(`In this order it came out as ${format(grad)}. Right is:`, "warning"));
  }
  if (node === graph.root) told.push(paragraph(`${node.name} moves exactly as much as itself.`));
  else {
    const shares = node.uses.map((edge) => edge.node.grad * edge.local);
    told.push(element("h3", {}, allOf(shares.length) + (shares.length > 1 ? ", and their sum" : "")),
      element("ol", { class: "math" }, ...node.uses.map((edge, i) => contribution(edge, edge.node.grad, shares[i]))));
    if (shares.length > 1) told.push(sum(shares, node.grad));
    told.push(...inFull(node));
  }
  return {
    title: `${gradient(node)} = ${format(node.grad)}`, body: told,
    spoken: `${gradient(node)} is ${format(node.grad)}, from ${count(node.uses.length, "contribution")}.`,
  };
}

/** @type {(edge: Edge, upstream: number, share: number) => HTMLElement} */
const contribution = (edge, upstream, share) => item(
  `through ${edge.node.name}${edge.the === edge.parent.name ? "" : `, ${edge.the}`}: ${gradient(edge.node)} · ${edge.partial} = ` +
  `${format(upstream)} · ${inside(edge.local)} = ${format(share)}`);

/** @type {(shares: number[], total: number) => HTMLElement} */
const sum = (shares, total) => equation(
  `Sum: ${shares.map((share, i) => i ? inside(share) : format(share)).join(" + ")} = ${format(total)}`);

/**
 * Every path from the root, multiplied out, where they are few.
 * @type {(node: GraphNode) => HTMLElement[]}
 */
function inFull(node) {
  const ways = graph.nodes.map(() => 0n);
  const longest = graph.nodes.map(() => 0);
  ways[graph.root.i] = 1n;
  for (const one of [...graph.nodes].reverse()) {  // what a value is used for comes after it
    for (const edge of one.uses) {
      ways[one.i] += ways[edge.node.i];
      longest[one.i] = Math.max(longest[one.i], longest[edge.node.i] + 1);
    }
  }
  const head = element("h3", {}, `All the way from ${graph.root.name}: ${count(ways[node.i], "path")}`);
  if (ways[node.i] > 12n || longest[node.i] > 24) {
    return [head, paragraph("Too many to write out. Backpropagation never walks them one by one: each value accumulates " +
      `its contributions and propagates the sum. Here that takes ${count(graph.edges.length, "step")} for all gradients together.`)];
  }
  /** @type {Edge[][]} */
  let paths = [[]];
  for (let grown = true; grown;) {
    grown = false;
    paths = paths.flatMap((path) => {
      const last = path.length ? path[path.length - 1].node : node;
      if (last === graph.root) return [path];
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

// ---- The hand-out: the whole way on paper

/** @type {(open: number) => HTMLElement[]} solved as far as the first position that is open */
export function handOut(open) {
  const { computed, turn, end, leaves, nodes } = graph;
  const forward = computed.map((node) => element("tr", {}, element("td", {}, `${node.name}${chain(node.formula, node.data)}`),
    element("td", {}, ...node.edges.map((edge) => element("div", {}, edge.partial + rule(edge))))));
  const backward = [element("tr", {}, element("td", {}, `${gradient(graph.root)} = 1`), element("td"))];
  for (let i = turn + 1; i < end; i++) {
    const step = stepAt(now.order, i);
    if (!step) continue;
    const { edge, upstream, contribution, grad } = step;
    const product = `${gradient(edge.parent)} += ${gradient(edge.node)} · ${edge.partial} = `;
    if (i >= open) {
      backward.push(element("tr", {}, element("td", {}, `${product}?`), element("td")));
      continue;
    }
    const progress = progressAt(now.order, i);
    const early = progress.early.has(edge.node) ? " ⚠ too soon" : "";
    backward.push(element("tr", {},
      element("td", {}, `${product}${format(upstream)} · ${inside(edge.local)} = ${format(contribution)}${early}`),
      element("td", {}, sumSoFar(edge, contribution, grad, progress).replace(/\. $/, ""))));
  }
  const last = progressAt(now.order, open - 1);
  /** @type {(title: string, heads: string[], rows: HTMLElement[]) => HTMLElement[]} */
  const table = (title, heads, rows) => [element("h2", {}, title), element("table", {}, element("thead", {}, element("tr", {},
    ...heads.map((head) => element("th", { scope: "col" }, head)))), element("tbody", {}, ...rows))];
  return [
    element("h2", {}, "Given"), element("p", {}, leaves.map((node) => `${node.name} = ${format(node.data)}`).join(", ")),
    ...table("Forward pass", ["Value", "Local derivatives"], forward),
    ...table(`Backward pass, ${now.order === "topological" ? "in " : ""}${OF_ORDERS[now.order][0]}`,
      ["Step", "So far"], backward),
    ...table("Gradients", ["Name", "Data", "Gradient"], nodes.map((node) => {
      const grad = isComplete(last, node) ? format(last.grads[node.i] ?? 0) : "?";
      const right = grad === "?" || grad === format(node.grad);
      return element("tr", {}, element("td", {}, node.name), element("td", {}, format(node.data)),
        element("td", {}, grad + (right ? "" : ` ✗ right is ${format(node.grad)}`)));
    })),
  ];
}
