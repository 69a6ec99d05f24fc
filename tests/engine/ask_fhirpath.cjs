// Reads [{tree, asked: [{expression, base}]}] on standard input and prints what npm fhirpath answers to each: a list of
// values, or null where it fails. `base` is the path of the element the expression stands at, null for the resource.
// The first argument is the node_modules folder that holds it. One process for all: loading the model is slow.
"use strict";
const fs = require("fs");
const path = require("path");

const modules = path.resolve(process.argv[2]);
const fhirpath = require(path.join(modules, "fhirpath"));
const model = require(path.join(modules, "fhirpath", "fhir-context", "r4"));
const quiet = { traceFn: () => {} };
const compiled = new Map();

function evaluator(expression, base) {
  const key = JSON.stringify([expression, base]);
  if (!compiled.has(key)) {
    const where = base === null ? expression : { base, expression };
    try {
      compiled.set(key, fhirpath.compile(where, model, quiet));
    } catch {
      compiled.set(key, null);
    }
  }
  return compiled.get(key);
}

const answers = JSON.parse(fs.readFileSync(0, "utf8")).map(({ tree, asked }) =>
  asked.map(({ expression, base, node }) => {
    const evaluate = evaluator(expression, base);
    if (evaluate === null) return null;
    try {
      return evaluate(node === undefined ? tree : node, { resource: tree, rootResource: tree });
    } catch {
      return null;
    }
  }),
);
process.stdout.write(JSON.stringify(answers));
