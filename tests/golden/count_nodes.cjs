// Reads [{file, paths}] on standard input and prints, for each file, how many nodes each path selects by npm fhirpath.
// The first argument is the node_modules folder that holds it. One process for all files: loading the model is slow.
"use strict";
const fs = require("fs");
const path = require("path");

const modules = path.resolve(process.argv[2]);
const fhirpath = require(path.join(modules, "fhirpath"));
const model = require(path.join(modules, "fhirpath", "fhir-context", "r4"));

const counts = {};
for (const { file, paths } of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const tree = JSON.parse(fs.readFileSync(file, "utf8"));
  counts[file] = paths.map((expression) => fhirpath.evaluate(tree, expression, null, model).length);
}
process.stdout.write(JSON.stringify(counts));
