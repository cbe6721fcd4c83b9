import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sampleModelPath } from '@plimsoll/sample-model';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const here = (path: string): string => new URL(path, import.meta.url).href;

/** Runs a small program, in which nothing but the engine keeps Node alive, and tells what it printed. */
async function program(source: string): Promise<string> {
  const engine = here('../src/engine/engine-process.ts');
  const code = `const { EngineProcess } = await import(${JSON.stringify(engine)});\n${source}`;
  const loader = fileURLToPath(here('./source-loader.mjs'));
  const args = ['--conditions=@plimsoll/source', '--import', loader, '--input-type=module', '-e', code];
  // An end of another kind than 0, such as 13 for a wait that nothing can end any more, is an error here.
  return (await run(process.execPath, args, { timeout: 60_000 })).stdout;
}

describe('a program that waits for its engine', () => {
  test('stays until the engine has answered and is gone', async () => {
    const said = await program(`
      for (let i = 0; i < 4; i++) {
        const engine = new EngineProcess({});
        const { version } = await engine.call('info', null);
        await engine.close();
        console.log(version);
      }
      console.log('done');`);
    expect(said.trim().split('\n')).toHaveLength(5);
    expect(said).toMatch(/done\s*$/);
  });

  test('stays while an engine that was asked nothing ends', async () => {
    expect(await program(`await new EngineProcess({}).close(); console.log('done');`)).toBe('done\n');
  });

  test('is not kept by an engine that it asks nothing', async () => {
    const said = await program(
      `const engine = new EngineProcess({}); await engine.call('info', null); console.log('done');`,
    );
    expect(said).toBe('done\n');
  });

  test('is told when its engine is closed in the middle of a call', async () => {
    // Loading takes tens of milliseconds; the end comes at once.
    const model = { path: sampleModelPath(), load: {}, decodeThreads: [1], batchThreads: [1] };
    const options = JSON.stringify(model);
    const said = await program(`
      const engine = new EngineProcess({});
      await engine.call('info', null);
      const work = engine.call('open', ${options}).then(() => 'answered', (error) => error.code);
      await engine.close();
      console.log(await work);`);
    expect(said.trim()).toBe('cancelled');
  });
});
