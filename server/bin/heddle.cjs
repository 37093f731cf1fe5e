#!/usr/bin/env node
/** Starts the built command line of a checkout; says what to do where it cannot run. Old syntax on purpose: an old Node must be able to read this. */
var existsSync = require('node:fs').existsSync;
var join = require('node:path').join;

var program = join(__dirname, '..', '..', 'dist', 'cli.js');
if (parseInt(process.versions.node, 10) < 20) {
  console.error(`heddle: needs Node 20 or newer; this is ${process.version}.`);
  process.exitCode = 2;
} else if (!existsSync(program)) {
  console.error('heddle: not built yet; run `npm run build` in the checkout first.');
  process.exitCode = 2;
} else {
  // Started by npm, which alone knows the way here.
  if (process.env.npm_command !== undefined) process.env.HEDDLE_CALLED_AS = 'npx heddle';
  require(program);
}
