/** Imports one module, given as the argument, and tells how many milliseconds that took. */
import "../lib/quiet.ts";
import process from "node:process";

const start = performance.now();
await import(process.argv[2]!);
console.log(JSON.stringify(performance.now() - start));
process.exit(0);
