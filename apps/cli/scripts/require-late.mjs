// Parts of Node that a plan needs none of: they are required when something of them is used, not at the start.
const PART = 'node:(?:child_process|crypto|dns\\/promises|fs\\/promises|net|stream|timers\\/promises)';
/** Parts of the bundle itself; the bundler's own few functions are needed at once. */
const CHUNK = '\\.\\/chunks\\/(?!rolldown-runtime)[^"]+';
/** As the bundler writes it at the top of a file, and as packages that are CommonJS write it themselves. */
const LATE = new RegExp(`^([ \\t]*)(?:let|var|const) (\\w+) = require\\("(${PART}|${CHUNK})"\\);$`, 'gm');

/**
 * Turns `let name = require("part")` in `code`, CommonJS as the bundler writes it, into one that requires the part
 * when a member of it is first asked for. Every use of the name stays as it is, `new name.X()` included. A name that
 * the bundler makes a namespace of (`import * as`) is left alone: all its members are asked for at once.
 */
export function requireLate(code) {
  return code.replaceAll(LATE, (line, indent, name, id) =>
    new RegExp(`^${name} = `, 'm').test(code)
      ? line
      : `${indent}let ${name}_part, ${name} = new Proxy({}, { get: (_, member) => (${name}_part ??= require("${id}"))[member] });`,
  );
}
