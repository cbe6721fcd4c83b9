'use strict';
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

/**
 * Requires `file`, a CommonJS module in Node's wrapper, with the machine code of an earlier run where `<file>.cache` has
 * it: a start then compiles nothing. The bundle is ASCII, which Node reads fastest. V8 itself refuses what another
 * version of it wrote, and the source is compiled as ever.
 * Gives the module's exports, and the script, to write that file from.
 */
exports.loadCompiled = function loadCompiled(file) {
  const script = new vm.Script(readFileSync(file, 'latin1'), {
    filename: file,
    cachedData: readIfThere(`${file}.cache`),
  });
  const loaded = new Module(file, module);
  loaded.filename = file;
  // Parts that are loaded later require this one.
  require.cache[file] = loaded;
  const requireHere = Module.createRequire(file);
  script.runInThisContext().call(loaded.exports, loaded.exports, requireHere, loaded, file, path.dirname(file));
  loaded.loaded = true;
  return { exports: loaded.exports, script };
};

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
