// Reads a list of resources on standard input and prints, for each, whether Medplum's validator takes it.
// The first argument is the node_modules folder that holds it. One process for all: loading the definitions is slow.
"use strict";
const fs = require("fs");
const path = require("path");

const modules = path.resolve(process.argv[2]);
const { indexStructureDefinitionBundle, validateResource } = require(path.join(modules, "@medplum", "core"));
const folder = path.join(modules, "@medplum", "definitions", "dist", "fhir", "r4");
for (const name of ["profiles-types.json", "profiles-resources.json"]) {
  indexStructureDefinitionBundle(JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")));
}

function taken(resource) {
  try {
    validateResource(resource);
    return true;
  } catch {
    return false;
  }
}

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(taken)));
