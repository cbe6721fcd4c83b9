import satisfies from 'spdx-satisfies';
import { dependenciesOf, publishedPackages, workspaceFolders } from './dependencies.mjs';

/** What may be shipped to users, beside our own MIT. */
const SHIPPED = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Unlicense'];

/** What the tools of the workspace may be under besides: they are run here, and never handed on. */
const USED = [...SHIPPED, 'MPL-2.0', 'CC0-1.0', 'CC-BY-3.0', 'Python-2.0'];

/**
 * Libraries under the LGPL, in packages of their own that a user may replace: libvips, which sharp loads to read
 * photos. On Windows and in WebAssembly it is in one package with what loads it.
 */
const LINKED = /^@img\/sharp-(?:libvips-|win32-|wasm32$)/u;

/** Packages whose manifest does not say it in SPDX: read by hand, with what the licence file says. */
const READ_BY_HAND = new Map([['spawndamnit', 'MIT']]);

/**
 * Packages for other systems, which are not installed here, with what the registry says of one of each family (27
 * November 2026). One that none of these is about fails the check.
 */
const ELSEWHERE = [
  [/^@(?:koromix\/koffi|msgpackr-extract\/msgpackr-extract|libsql\/|turbo\/|reflink\/reflink)/u, 'MIT'],
  [/^@(?:rolldown|oxc-parser|oxc-resolver|oxfmt|oxlint)\/binding-/u, 'MIT'],
  [/^@oxlint-tsgolint\//u, 'MIT'],
  [/^@typescript\/typescript-/u, 'Apache-2.0'],
  [/^(?:@emnapi\/.*|@napi-rs\/wasm-runtime|@tybys\/wasm-util|fsevents|exiftool-vendored\.exe)$/u, 'MIT'],
  [/^@img\/sharp-libvips-/u, 'LGPL-3.0-or-later'],
  [/^@img\/sharp-(?:win32-|wasm32$)/u, 'Apache-2.0 AND LGPL-3.0-or-later'],
  [/^@img\/sharp-/u, 'Apache-2.0'],
  [/^lightningcss-/u, 'MPL-2.0'],
];

/**
 * Packages with a script at installation. None is needed: the workspace installs with scripts off, and so may users
 * (`npm install --ignore-scripts`), because every native part ships inside a package of its own.
 */
const SCRIPTS_NOT_NEEDED = new Set(['core-js', 'koffi', 'msgpackr-extract', 'node-llama-cpp']);

const problems = [];
const shipped = new Map(publishedPackages().flatMap(({ folder }) => [...dependenciesOf(folder)]));
const used = new Map(
  workspaceFolders().flatMap((folder) => [
    ...dependenciesOf(folder, ['dependencies', 'optionalDependencies', 'devDependencies']),
  ]),
);
let elsewhere = 0;
for (const [id, { name, license: declared, isInstalled, installScripts }] of used) {
  const allowed = [...(shipped.has(id) ? SHIPPED : USED), ...(LINKED.test(name) ? ['LGPL-3.0-or-later'] : [])];
  if (!isInstalled) elsewhere += 1;
  const license = isInstalled
    ? (READ_BY_HAND.get(name) ?? declared)
    : ELSEWHERE.find(([family]) => family.test(name))?.[1];
  if (!isAllowed(license ?? '', allowed))
    problems.push(`${id} is licensed under ${license ?? 'nothing that is known'}`);
  if (installScripts.length > 0 && !SCRIPTS_NOT_NEEDED.has(name)) {
    problems.push(`${id} runs something when it is installed: ${installScripts.join(', ')}`);
  }
}

function isAllowed(license, allowed) {
  try {
    return satisfies(license, allowed);
  } catch {
    return false;
  }
}

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(
  `${shipped.size} packages are shipped or needed by what is, ${used.size} are used; ` +
    `${elsewhere} are for other systems and not installed here.\n`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
