import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const workspace = fileURLToPath(new URL('..', import.meta.url));

interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly purl: string } };
  readonly components: readonly { readonly purl: string; readonly hashes?: readonly unknown[] }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

test('every published package has a bill of materials that holds all that it needs', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-sbom-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, [path.join(workspace, 'sbom.mjs'), folder], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    const bills = new Map(
      readdirSync(folder).map((name) => {
        const bill = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Bill;
        return [bill.metadata.component.purl.replace(/@[^@]*$/u, ''), bill];
      }),
    );
    const program = bills.get('pkg:npm/plimsoll');
    expect(program?.bomFormat).toBe('CycloneDX');
    const names = program?.components.map(({ purl }) => purl.replace(/@[^@]*$/u, ''));
    // Of its own, of another package of the workspace, of the same for other systems, and our own.
    expect(names).toEqual(
      expect.arrayContaining([
        'pkg:npm/commander',
        'pkg:npm/undici',
        'pkg:npm/%40koromix/koffi-win32-x64',
        'pkg:npm/%40plimsoll/domain',
      ]),
    );
    expect(names).not.toContain('pkg:npm/vitest');
    const foreign = program?.components.filter(({ purl }) => !purl.includes('plimsoll'));
    expect(foreign?.filter(({ hashes = [] }) => hashes.length === 0)).toEqual([]);
    const known = new Set([program?.metadata.component.purl, ...(program?.components.map(({ purl }) => purl) ?? [])]);
    const needed = program?.dependencies.flatMap(({ dependsOn = [] }) => dependsOn) ?? [];
    expect(needed.filter((ref) => !known.has(ref))).toEqual([]);
    expect(bills.get('pkg:npm/%40plimsoll/domain')?.components ?? []).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
