// The engine's own thread: CPython, the package, and Graphviz, all of them this site's files. What comes of a program
// goes to the page as messages. The page ends it to stop a program.
import { instance } from "@viz-js/viz";

const here = new URL("./", import.meta.url);

async function get(name) {
  const response = await fetch(new URL(name, here));
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return response;
}

const bytes = async (name) => (await get(name)).arrayBuffer();

async function unzip(name) {
  return new Response((await get(name)).body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function begin() {
  const { loadPyodide } = await import(new URL("pyodide/pyodide.mjs", here));
  const wheels = await (await get("wheels.json")).json();
  const [python, graphviz, ...packages] = await Promise.all([
    loadPyodide({ indexURL: new URL("pyodide/", here).href, stdin: () => undefined,
      _loadSnapshot: unzip("pyodide/snapshot.bin") }),  // Python as it is once it has begun
    instance(), ...wheels.map(bytes),
  ]);
  globalThis.viz = graphviz;  // where autograd.viz.layout looks for it
  wheels.forEach((name, i) => python.unpackArchive(packages[i], name.endsWith(".zip") ? "zip" : "wheel",
    name.endsWith(".zip") ? { extractDir: "/lib/python3.14/site-packages" } : {}));
  python.FS.chdir("/home/pyodide");
  const session = python.pyimport("session").Session((message) => {
    postMessage(message.toJs({ dict_converter: Object.fromEntries }));
  });
  return { python, session };
}

const engine = begin();
engine.then(() => postMessage({ type: "ready" }), (error) => postMessage({ type: "dead", text: String(error) }));

const { port1, port2 } = new MessageChannel();
const turn = () => new Promise((go) => { port1.onmessage = go; port2.postMessage(0); });  // let messages in

addEventListener("message", async ({ data }) => {
  try {
    const { python, session } = await engine;
    if (data.type === "click") python.pyimport("playground").add_click(data.x, data.y, data.side);
    if (data.type !== "run") return;
    const start = performance.now();
    if (session.run(data.source)) while (session.again()) await turn();
    postMessage({ type: "done", seconds: (performance.now() - start) / 1000 });
  } catch (error) {  // not Python's: the interpreter itself has ended
    postMessage({ type: "dead", text: String(error) });
  }
});
