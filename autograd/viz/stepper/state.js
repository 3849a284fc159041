// The graph and its numbers: what every value, local derivative and gradient is, and how far the steps have come.
// Nothing here is shown.
import { OPERATIONS } from "./operations.js";

/**
 * @typedef {(string | number)[]} Tokens  text, and between it the numbers of the nodes whose names stand there
 * @typedef {[string | number, ...(string | number)[]][]} Program  statements: an operation, and what it is applied to
 * @typedef {{name: string, value?: Program, partials?: Program[]}} OwnOperation
 * @typedef {object} GraphNode
 * @property {number} i
 * @property {string} name
 * @property {string} caption
 * @property {string} op
 * @property {string | number} [rule]
 * @property {(string | number)[]} [inputs]
 * @property {Tokens} formula
 * @property {string} short
 * @property {number} data
 * @property {number} given  the data that came with the page
 * @property {number} grad  the whole gradient
 * @property {Edge[]} uses
 * @property {Edge[]} edges  to its inputs
 * @property {boolean} moves  whether descending moves it
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @typedef {object} Edge
 * @property {GraphNode} node
 * @property {GraphNode} parent
 * @property {number} slot
 * @property {number} local
 * @property {number} given  the local derivative that came with the page
 * @property {Tokens} rule
 * @property {boolean} decided  whether the rule is chosen by how large a number is
 * @property {string} operand
 * @property {string} the
 * @property {string} partial
 * @property {string} path
 * @property {number} x
 * @property {number} y
 * @typedef {{edge: Edge, upstream: number, contribution: number, grad: number}} Step
 * @typedef {"topological" | "depth" | "breadth"} Order
 * @typedef {object} Graph
 * @property {GraphNode[]} nodes
 * @property {Edge[]} edges
 * @property {GraphNode} root
 * @property {GraphNode[]} leaves
 * @property {GraphNode[]} computed
 * @property {Record<Order, Edge[]>} orders
 * @property {OwnOperation[]} own
 * @property {string} still  why nothing can be changed, if so
 * @property {number} turn  the position at which the backward pass begins
 * @property {number} end  the last position
 * @property {number} width
 * @property {number} height
 * @typedef {object} Progress
 * @property {Set<GraphNode>} known
 * @property {(number | null)[]} grads  accumulated so far
 * @property {number[]} arrived  how many contributions to it are in
 * @property {Set<GraphNode>} propagated
 * @property {Set<GraphNode>} early  propagated before all had arrived
 * @property {Set<GraphNode>} tainted  hold what was made from a gradient that was not complete
 * @property {number | null} before  what the gradient of the last step's parent was
 */

/** @type {Graph} */
export let graph;
/** @type {Record<Order, Step[]>} */
let steps;
/** @type {Order[]} */
export const ORDERS = ["topological", "depth", "breadth"];
const ORDINALS = ["first", "second", "third"];

/** @param {GraphNode} leaf */
export const isWeight = (leaf) => /^(w|θ)/i.test(leaf.name);

/** @param {any} description what Python wrote down of a graph */
export function load(description) {
  const { nodes, edges, root, orders, own, still, width, height } = JSON.parse(JSON.stringify(description));
  nodes.forEach((/** @type {GraphNode} */ node, /** @type {number} */ i) => {
    const data = Number(node.data);
    Object.assign(node, { i, data, given: data, grad: 0, uses: [], edges: [] });
  });
  for (const edge of edges) {
    edge.node = nodes[edge.node];
    edge.parent = nodes[edge.parent];
    edge.local = edge.given = Number(edge.local);
    edge.decided = Boolean(edge.decided);
    edge.parent.uses.push(edge);
    edge.node.edges.push(edge);
  }
  for (const edge of edges) {  // "the first a, the second a", where an operand comes twice
    const twins = edge.node.edges.filter((/** @type {Edge} */ other) => other.parent === edge.parent);
    const place = twins.indexOf(edge);
    edge.operand = twins.length > 1 ? `${ORDINALS[place] ?? `${place + 1}th`} ${edge.parent.name}` : edge.parent.name;
    edge.the = twins.length > 1 ? `the ${edge.operand}` : edge.operand;
    edge.partial = `∂${edge.node.name}/∂${twins.length > 1 ? `(${edge.operand})` : edge.operand}`;
  }
  const computed = nodes.filter((/** @type {GraphNode} */ node) => node.inputs);
  const leaves = nodes.filter((/** @type {GraphNode} */ node) => !node.inputs);
  leaves.sort((/** @type {GraphNode} */ a, /** @type {GraphNode} */ b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  graph = {
    nodes, edges, root: nodes[root], leaves, computed, own, width, height, still: "",
    orders: /** @type {any} */ (Object.fromEntries(ORDERS.map((name) => [name, orders[name].map(
      (/** @type {number} */ i) => edges[i])]))),
    // The positions: 0 before all, one for each computed value, one for the root's own gradient, one for each step
    // back, and one when all is done.
    turn: computed.length + 1, end: computed.length + edges.length + 2,
  };
  for (const leaf of leaves) leaf.moves = !leaves.some(isWeight) || isWeight(leaf) || /^b/i.test(leaf.name);
  if (still.length) {
    graph.still = `These numbers stand still: ${still.join(", ")} is computed by a function of Python's that this page ` +
      "cannot write down.";
  } else if (!agrees()) {
    graph.still = "These numbers stand still: an operation gives other numbers when it is computed once more.";
  }
  backpropagate();
}

/** Whether operations of the user's own give what Python got from them: they may do what no statement tells. */
function agrees() {
  return graph.computed.every((node) => {
    if (typeof node.rule === "string") return true;
    const [value, ...locals] = evaluate(node);
    return close(value, node.data) && node.edges.every((edge) => close(locals[edge.slot], edge.local));
  });
}

/** @type {(a: number, b: number) => boolean} */
const close = (a, b) => Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

/** @type {Record<string, (...operands: number[]) => any>} */
const DECISIONS = {
  "": (x) => x, where: (condition, then, otherwise) => condition ? then : otherwise,
  "<": (x, y) => x < y, "<=": (x, y) => x <= y, ">": (x, y) => x > y, ">=": (x, y) => x >= y,
  "==": (x, y) => x === y, "!=": (x, y) => x !== y,
};

/** @type {(rule: string | number, inputs: number[]) => number} */
function apply(rule, inputs) {
  if (typeof rule === "number") return run(graph.own[rule].value ?? [], inputs);
  return Object.hasOwn(DECISIONS, rule) ? DECISIONS[rule](...inputs) : OPERATIONS[rule].rule(...inputs)[0];
}

/** @type {(program: Program, inputs: number[]) => number} */
function run(program, inputs) {
  const registers = [...inputs];
  for (const [rule, ...operands] of program) {
    registers.push(apply(rule, operands.map((x) => typeof x === "number" ? registers[x] : Number(x))));
  }
  return registers[registers.length - 1];
}

/** @type {(node: GraphNode) => number} */
const valueOf = (node) => node.data;

/** @type {(node: GraphNode, value: (node: GraphNode) => number) => number[]} */
const inputsOf = (node, value) => (node.inputs ?? []).map((x) =>
  typeof x === "number" ? value(graph.nodes[x]) : Number(x));

/** @type {(node: GraphNode, value: (node: GraphNode) => number) => number} */
const compute = (node, value) => apply(node.rule ?? "", inputsOf(node, value));

/**
 * A node's value and its local derivatives, one for each input.
 * @type {(node: GraphNode) => number[]}
 */
function evaluate(node) {
  const inputs = inputsOf(node, valueOf);
  if (typeof node.rule === "string") return OPERATIONS[node.rule].rule(...inputs);
  const value = compute(node, valueOf);
  return [value, ...(graph.own[node.rule ?? 0].partials ?? []).map((partial) => run(partial, [value, ...inputs]))];
}

/** Bring everything up to date with the leaves. With the leaves that came with the page it is what Python computed. */
export function recompute() {
  const given = isGiven();
  for (const node of graph.computed) {
    const [value, ...locals] = given ? [] : evaluate(node);
    node.data = given ? node.given : value;
    for (const edge of node.edges) edge.local = given ? edge.given : locals[edge.slot];
  }
  backpropagate();
}

export const isGiven = () => graph.leaves.every((leaf) => Object.is(leaf.data, leaf.given));

function backpropagate() {
  steps = /** @type {any} */ ({});
  for (const order of ORDERS) {
    const grads = new Float64Array(graph.nodes.length);
    grads[graph.root.i] = 1;
    steps[order] = graph.orders[order].map((edge) => {
      const upstream = grads[edge.node.i];
      const contribution = edge.local * upstream;
      const grad = grads[edge.parent.i] += contribution;
      return { edge, upstream, contribution, grad };
    });
    if (order === "topological") for (const node of graph.nodes) node.grad = grads[node.i];
  }
}

/**
 * All values, if a leaf had another number.
 * @type {(leaf: GraphNode, number: number) => number[]}
 */
export function valuesWith(leaf, number) {
  const values = graph.nodes.map((node) => node.data);
  const moved = new Set([leaf]);
  values[leaf.i] = number;
  for (const node of graph.computed) {
    if (node.edges.some((edge) => moved.has(edge.parent))) {
      moved.add(node);
      values[node.i] = compute(node, (parent) => values[parent.i]);
    }
  }
  return values;
}

/** @type {(order: Order, position: number) => Step | undefined} */
export const stepAt = (order, position) => steps[order][position - graph.turn - 1];

/** @type {(order: Order, position: number) => Progress} */
export function progressAt(order, position) {
  /** @type {Progress} */
  const progress = {
    known: new Set(graph.leaves.concat(graph.computed.slice(0, position))), grads: graph.nodes.map(() => null),
    arrived: graph.nodes.map(() => 0), propagated: new Set(), early: new Set(), tainted: new Set(), before: null,
  };
  const { grads, arrived, propagated, early, tainted } = progress;
  if (position >= graph.turn) grads[graph.root.i] = 1;
  for (const { edge: { node, parent }, grad } of steps[order].slice(0, Math.max(0, position - graph.turn))) {
    if (!propagated.has(node) && arrived[node.i] < node.uses.length) early.add(node);
    if (early.has(node) || tainted.has(node)) tainted.add(parent);
    propagated.add(node);
    progress.before = grads[parent.i];
    grads[parent.i] = grad;
    arrived[parent.i] += 1;
  }
  return progress;
}

/** @type {(progress: Progress, node: GraphNode) => boolean} */
export const isComplete = (progress, node) =>
  progress.grads[node.i] !== null && progress.arrived[node.i] === node.uses.length;

/** @type {(number: number, digits?: number) => string} */
export function format(number, digits = 6) {  // significant digits, as Python's ".6g" writes them
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  const [mantissa, exponent] = number.toExponential(digits - 1).split("e");
  const plain = Number(exponent) >= -4 && Number(exponent) < digits;
  let text = plain ? number.toPrecision(digits) : mantissa;
  if (text.includes(".")) text = text.replace(/\.?0+$/, "");
  if (!plain) text += `e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  return text.replaceAll("-", "−");
}

/**
 * What somebody typed, as a number: also products and sums, as 0.5 · 2 + 1, and ∞. Undefined where it is none.
 * @type {(text: string) => number | undefined}
 */
export function parse(text) {
  const number = String.raw`[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf(?:inity)?|nan)`;
  const plain = text.toLowerCase().replaceAll("−", "-").replaceAll("∞", "inf").replaceAll(/[·×]/g, "*")
    .replaceAll(/\s/g, "").replaceAll(/(\d),(\d)/g, "$1.$2").replaceAll(new RegExp(`\\((${number})\\)`, "g"), "$1");
  if (!new RegExp(`^${number}(?:[*/+-]${number})*$`).test(plain)) return undefined;
  /** @type {number[]} */
  const terms = [];
  for (const [, operator, written] of plain.matchAll(new RegExp(`(^|[*/+-])(${number})`, "g"))) {
    const factor = Number(written.replace("nan", "NaN").replace(/inf(inity)?/, "Infinity"));
    if (operator === "*") terms.push(/** @type {number} */ (terms.pop()) * factor);
    else if (operator === "/") terms.push(/** @type {number} */ (terms.pop()) / factor);
    else terms.push(operator === "-" ? -factor : factor);
  }
  return terms.reduce((sum, term) => sum + term);
}

// ---- What is looked at

/** The leaf that is spoken of first. */
export const firstLeaf = () => graph.leaves.find((leaf) => leaf.moves && leaf !== graph.root) ?? graph.leaves[0];

/** @typedef {"step" | "nudge" | "predict" | "descend"} Mode */
/** @type {Mode[]} */
export const MODES = ["step", "nudge", "predict", "descend"];

export const now = {
  mode: /** @type {Mode} */ ("step"), order: /** @type {Order} */ ("topological"), position: 0,
  selected: /** @type {GraphNode | null} */ (null), presenter: false,
  leaf: /** @type {GraphNode | null} */ (null), delta: 0.1,  // which leaf is nudged, and how far
  eta: 0.1, losses: /** @type {number[]} */ ([]),  // descending: the rate, and the loss after each step
  answers: /** @type {Map<string, boolean>} */ (new Map()),  // predicting: whether each was right
  again: /** @type {Set<string>} */ (new Set()),  // what is asked, or was, a second time
};
