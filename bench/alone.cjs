// What bench/alone.py does, for judges in Node: node alone.cjs NODE_MODULES JUDGE FILE ROUNDS [INVARIANTS].
// Prints one JSON object of CPU milliseconds; leaves with 3 where the judge is not installed.
"use strict";
const fs = require("fs");
const path = require("path");

const [modules, name, file, rounds, invariants] = process.argv.slice(2);
const WARM_UP = 20;

function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function load(...steps) {
  try {
    return require(path.join(path.resolve(modules), ...steps));
  } catch (reason) {
    process.stderr.write(`${steps.join("/")} is not installed; make peers installs it\n`);
    process.exit(3);
  }
}

function medplum() {
  const { indexStructureDefinitionBundle, validateResource } = load("@medplum", "core");
  const folder = path.join(path.resolve(modules), "@medplum", "definitions", "dist", "fhir", "r4");
  for (const bundle of ["profiles-types.json", "profiles-resources.json"]) {
    indexStructureDefinitionBundle(JSON.parse(fs.readFileSync(path.join(folder, bundle), "utf8")));
  }
  return (raw) => {
    try {
      return validateResource(JSON.parse(raw));
    } catch (refusal) {
      return refusal;
    }
  };
}

function fhirpathInvariants() {
  const fhirpath = load("fhirpath");
  const model = load("fhirpath", "fhir-context", "r4");
  const places = JSON.parse(fs.readFileSync(invariants, "utf8")).map(({ base, expression, steps }) => ({
    steps,
    evaluate: fhirpath.compile({ base, expression }, model, { traceFn: () => {} }),
  }));
  return (raw) => {
    const tree = JSON.parse(raw);
    let refused = 0;
    for (const { steps, evaluate } of places) {
      const node = steps.reduce((holder, step) => holder[step], tree);
      try {
        refused += evaluate(node, { resource: tree, rootResource: tree })[0] !== true;
      } catch {
        refused += 1;
      }
    }
    return refused;
  };
}

const judge = { Medplum: medplum, "fhirpath.js, invariants": fhirpathInvariants }[name]();
const raw = fs.readFileSync(file, "utf8");
const ready = cpu();
const times = [];
for (let round = 0; round < 1 + WARM_UP + Number(rounds); round += 1) {
  const before = cpu();
  judge(raw);
  times.push(cpu() - before);
}
const kept = times.slice(1 + WARM_UP).sort((one, other) => one - other);
const at = (part) => kept[Math.min(kept.length - 1, Math.floor(kept.length * part))];
const memory = Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
const spread = { median: at(0.5), low: at(0.1), high: at(0.9) };
process.stdout.write(JSON.stringify({ ready, first: times[0], ...spread, memory }));
