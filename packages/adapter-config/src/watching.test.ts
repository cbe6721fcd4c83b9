import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedSettings } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.js';
import { createConfigStore } from './create-config-store.js';

async function firstOf(changes: AsyncIterable<LoadedSettings>, act: () => void): Promise<LoadedSettings> {
  const iterator = changes[Symbol.asyncIterator]();
  const next = iterator.next();
  act();
  const result = await next;
  await iterator.return?.();
  if (result.done === true) throw new Error('The watch ended.');
  return result.value;
}

describe('watching', () => {
  it.each(['in place', 'by rename'])('yields after another program has written %s', async (how) => {
    const folder = scratchFolder();
    const path = join(folder, 'config.json');
    writeFileSync(path, '{"ai":{"quantization_bits":8}}');
    const store = createConfigStore({ path, environment: {}, homeFolder: folder });
    await store.load();
    const seen = await firstOf(store.watch(), () => {
      writeFileSync(how === 'in place' ? path : `${path}.new`, '{"ai":{"quantization_bits":4}}');
      if (how !== 'in place') renameSync(`${path}.new`, path);
    });
    expect(seen.settings.quantizationBits).toBe(4);
  });

  it('skips states that would not load and yields the next one that does', async () => {
    const folder = scratchFolder();
    const path = join(folder, 'config.json');
    writeFileSync(path, '{}');
    const store = createConfigStore({
      path,
      environment: {},
      homeFolder: folder,
      watching: { debounceMs: 1, pollMs: 20 },
    });
    await store.load();
    const seen = await firstOf(store.watch(), () => {
      writeFileSync(path, '{"ai":{"quantization_bits":');
      setTimeout(() => writeFileSync(path, '{"ai":{"quantization_bits":16}}'), 100);
    });
    expect(seen.settings.quantizationBits).toBe(16);
  });

  it('finds changes by polling where the folder cannot be watched, also a file that appears', async () => {
    const folder = scratchFolder();
    const path = join(folder, 'later', 'config.json');
    const watchFolder = (): never => {
      throw new Error('no watchers left');
    };
    const watching = { watchFolder, pollMs: 10, debounceMs: 1 };
    const store = createConfigStore({ path, environment: {}, homeFolder: folder, watching });
    await store.load();
    const seen = await firstOf(store.watch(), () => {
      mkdirSync(join(folder, 'later'));
      writeFileSync(path, '{"ai":{"llm_model":"m"}}');
    });
    expect(seen.settings.model).toBe('m');
  });

  it('tells its own saves, and ends when aborted', async () => {
    const folder = scratchFolder();
    const path = join(folder, 'config.json');
    const store = createConfigStore({ path, environment: {}, homeFolder: folder, watching: { pollMs: 10 } });
    await store.load();
    const abort = new AbortController();
    const bits: number[] = [];
    const watching = (async () => {
      for await (const { settings } of store.watch({ signal: abort.signal })) {
        bits.push(settings.quantizationBits);
        abort.abort();
      }
    })();
    await store.save({ quantizationBits: 4 });
    await watching;
    expect(bits).toEqual([4]);
    expect(readFileSync(path, 'utf8')).toContain('"quantization_bits": 4');
  });
});
