// Writes the memory of a Python that has just begun, compressed: node snapshot.mjs FILE. Starting from it spares a page
// the second or two that Python takes to begin.
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";

const python = await loadPyodide({ _makeSnapshot: true });
writeFileSync(process.argv[2], gzipSync(python.makeMemorySnapshot(), { level: 9 }));
