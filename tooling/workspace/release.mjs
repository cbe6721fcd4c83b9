import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from './audit.mjs';
import { local, root, run, turbo } from './run.mjs';
import { writeBills } from './sbom.mjs';

const USAGE = `usage: npm run release -- [--dry-run]

Checks and publishes what the changesets have versioned: a clean checkout, no known vulnerability, allowed licences, a
fresh build, correct packages, an install from them that works and is small, and a bill of materials (CycloneDX) for each in release/. Packages are published with
provenance, which the registry accepts from a build service alone. --dry-run stops before publishing.`;

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean' }, help: { type: 'boolean' } } });
const dry = values['dry-run'] === true;
const demand = (met, problem) => {
  if (met) return;
  if (!dry) throw new Error(problem);
  process.stdout.write(`would stop: ${problem}\n`);
};

/** What has to hold, in the order in which a failure is cheapest to learn of. */
const STEPS = [
  [
    'a clean checkout',
    () => {
      const { stdout, status } = spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });
      demand(status === 0 && stdout === '', 'The checkout has changes that are not committed.');
    },
  ],
  [
    'known vulnerabilities',
    () => {
      const { verdict, reason, advisories } = audit();
      for (const { text } of advisories) process.stdout.write(`${text}\n`);
      demand(verdict !== 'unknown', `The registry gave no advisories: ${reason}`);
      demand(verdict !== 'vulnerable', 'There are known vulnerabilities in what is shipped.');
    },
  ],
  [
    'licences',
    () => demand(run(process.execPath, ['tooling/workspace/licences.mjs']) === 0, 'A licence is not allowed.'),
  ],
  ['build', () => demand(run(...turbo('build')) === 0, 'The build failed.')],
  [
    'packages',
    () => demand(run(process.execPath, ['tooling/workspace/publint.mjs']) === 0, 'A package is not as it should be.'),
  ],
  [
    'an install',
    () => demand(run(process.execPath, ['tooling/workspace/install.mjs']) === 0, 'What npm installs does not work.'),
  ],
  [
    'bills of materials',
    async () => {
      const names = await writeBills(path.join(root, 'release'));
      process.stdout.write(`${names.length} bills of materials are in release/\n`);
    },
  ],
  [
    'publish',
    () => {
      if (dry) return;
      // The build service signs where and from what the packages were built; the registry shows it to users.
      const env = { ...process.env, NPM_CONFIG_PROVENANCE: 'true' };
      demand(run(...local('changeset', 'publish'), { env }) === 0, 'Publishing failed.');
    },
  ],
];

if (values.help) process.stdout.write(`${USAGE}\n`);
else {
  try {
    for (const [name, step] of STEPS) {
      process.stdout.write(`— ${name}\n`);
      await step();
    }
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
