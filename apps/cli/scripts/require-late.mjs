// Parts of Node that a plan needs none of: they are required when something of them is used, not at the start.
const LATE = /^let (\w+) = require\("(node:(?:child_process|crypto|dns\/promises|timers\/promises))"\);$/gm;

/**
 * Turns `let name = require("part")` at the top of `code`, CommonJS as the bundler writes it, into one that requires
 * the part when a member of it is first asked for. Every use of the name stays as it is, `new name.X()` included. A
 * name that the bundler makes a namespace of (`import * as`) is left alone: all its members are asked for at once.
 */
export function requireLate(code) {
  return code.replaceAll(LATE, (line, name, id) =>
    new RegExp(`^${name} = `, 'm').test(code)
      ? line
      : `let ${name} = new Proxy({}, { get: (_, member) => require("${id}")[member] });`,
  );
}
