// Reads [file] on standard input and prints, for each XML file, the JSON that npm fhir makes of it.
"use strict";
const fs = require("fs");
const path = require("path");

const { Fhir } = require(path.join(path.resolve(process.argv[2]), "fhir", "fhir"));

const read = {};
for (const file of JSON.parse(fs.readFileSync(0, "utf8"))) {
  read[file] = new Fhir().xmlToObj(fs.readFileSync(file, "utf8"));
}
process.stdout.write(JSON.stringify(read));
