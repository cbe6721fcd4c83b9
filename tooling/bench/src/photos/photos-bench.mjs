import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import sharp from 'sharp';
import { PASSES } from './passes.mjs';

const MIN_SPEEDUP = 4;
const [WIDTH, HEIGHT] = [6000, 4000];

/**
 * The technical pass on a generated 24 MP JPEG, beside a straightforward port of the founding algorithm at full size
 * in the same process and in turns. Each one's best round counts: other programs only ever add to a time. The digest
 * and EXIF that our reader gives are in its time. Peak memory is that of a process which makes one pass. Options: `rounds` (default 5).
 */
export async function bench({ rounds = 5 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-photos-'));
  try {
    const path = join(folder, '24mp.jpg');
    await writePhoto(path);
    const times = { ours: Infinity, founding: Infinity };
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, run] of Object.entries(PASSES)) {
        const startedAt = performance.now();
        await run(path);
        times[name] = Math.min(times[name], performance.now() - startedAt);
      }
    }
    const peakBytes = { ours: await peakOf('ours', path), founding: await peakOf('founding', path) };
    const ratio = times.founding / times.ours;
    const photosPerSecondPerCore = 1000 / times.ours;
    const source = 'founding algorithm at full size, same process, in turns';
    return [
      {
        what: '24 MP technical pass',
        ...times,
        photosPerSecondPerCore,
        peakBytes,
        ratio,
        source,
        passed: ratio >= MIN_SPEEDUP,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function peakOf(pass, path) {
  const child = fork(new URL('./peak-memory.mjs', import.meta.url), [pass, path]);
  const [bytes] = await once(child, 'message');
  return bytes;
}

/** Noise smoothed at two scales: about as much detail, and as large a file, as a photo of that size. */
async function writePhoto(path) {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 };
  const layer = (width, height) =>
    sharp({ create: { width, height, channels: 3, background: '#808080', noise } })
      .png({ compressionLevel: 0 })
      .toBuffer();
  const coarse = await sharp(await layer(WIDTH / 20, HEIGHT / 20))
    .resize(WIDTH, HEIGHT)
    .toBuffer();
  const fine = await sharp(await layer(WIDTH / 4, HEIGHT / 4))
    .resize(WIDTH, HEIGHT)
    .png({ compressionLevel: 0 })
    .toBuffer();
  await sharp(coarse)
    .composite([{ input: fine, blend: 'soft-light' }])
    .jpeg({ quality: 90 })
    .toFile(path);
}
