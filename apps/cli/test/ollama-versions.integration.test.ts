import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OLLAMA_VERSIONS, locateOllama, startOllama, type OllamaPeer } from '@plimsoll-tooling/peers';
import { cacheFolder, fileTextCache, sensitivityPriors } from '@plimsoll/composition';
import { ALL_SCHEMAS } from '@plimsoll/contract/schemas';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';
import { writeShallowModel } from '@plimsoll/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../src/run-program.js';
import { TestUser, type Run } from './plimsoll.js';

/** The command line from its arguments to its exit code, in this process. */
async function plimsoll(args: readonly string[], env: TestUser['env']): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const code = await runProgram(args, {
    stdin: (async function* () {})(),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
    signal: new AbortController().signal,
    version: '1.2.3',
    nowMs: Date.now,
  });
  return { code, stdout, stderr };
}

/** Puts a model on a server as somebody would who never heard of us. */
async function importModel({ host }: OllamaPeer, model: string, source: string): Promise<void> {
  const file = await readFile(source);
  const digest = `sha256:${createHash('sha256').update(file).digest('hex')}`;
  const uploaded = await fetch(`${host}/api/blobs/${digest}`, { method: 'POST', body: file });
  expect(uploaded.status).toBe(201);
  const body = { model, files: { 'fable.gguf': digest }, system: 'You tell tales.', stream: false };
  const created = await fetch(`${host}/api/create`, { method: 'POST', body: JSON.stringify(body) });
  expect(created.status).toBe(200);
}

/** The first version that is here. */
const newest = OLLAMA_VERSIONS.find((version) => locateOllama(version) !== null);

for (const version of OLLAMA_VERSIONS) {
  if (locateOllama(version) === null) {
    it.skip(`plimsoll with Ollama ${version} (skipped: npm run peers has not built this server)`, () =>
      expect(locateOllama(version)).not.toBeNull());
    continue;
  }
  describe(`plimsoll with Ollama ${version}`, () => {
    const model = 'fable:5m-fp16';
    let server: OllamaPeer;
    let user: TestUser;

    const documentOf = async (schema: string, args: readonly string[]): Promise<Record<string, unknown>> => {
      const { code, stdout, stderr } = await plimsoll([...args, '--json', '--backend', 'ollama'], user.env);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const document = JSON.parse(stdout) as Record<string, unknown>;
      expect(ALL_SCHEMAS[schema]!.safeParse(document).error?.issues).toBeUndefined();
      return document;
    };

    beforeAll(async () => {
      server = await startOllama(version);
      user = await TestUser.create({ OLLAMA_HOST: server.host });
      await importModel(server, model, sampleModelPath());
    });
    afterAll(async () => {
      await user.remove();
      await server.stop();
    });

    it('lists what is installed', async () => {
      const { models } = await documentOf('models', ['models']);
      expect(models).toEqual([expect.objectContaining({ name: model, level: 'F16' })]);
    });

    it('plans from the header of the installed model, and names what it can make', async () => {
      const { candidates } = await documentOf('plan', ['plan', model, '--vram', '8', '--level', 'F16,Q8_0,Q6_K']);
      const status = new Map(
        (candidates as { level: string; variant: { status: string } }[]).map((one) => [one.level, one.variant.status]),
      );
      expect(Object.fromEntries(status)).toMatchObject({ F16: 'local', Q8_0: 'buildable', Q6_K: 'buildable' });
    });

    it('makes a level that the server does not make', async () => {
      const document = await documentOf('quantize', ['quantize', model, '--to', 'Q5_K_M']);
      expect(document).toMatchObject({ level: 'Q5_K_M' });
      const shown = await fetch(`${server.host}/api/show`, {
        method: 'POST',
        body: JSON.stringify({ model: 'fable:5m-q5_K_M' }),
      });
      expect(await shown.json()).toMatchObject({
        system: 'You tell tales.',
        details: { quantization_level: 'Q5_K_M' },
      });
    });

    it('runs at a level that is missing, made first', async () => {
      const args = ['run', model, 'Once upon a time', '--level', 'Q8_0', '--max-tokens', '8'];
      const { variant, text } = await documentOf('run', args);
      expect(variant).toMatchObject({ name: 'fable:5m-q8_0', level: 'Q8_0' });
      expect((variant as { made: string | null }).made).not.toBeNull();
      expect(text).not.toBe('');
    });

    it('answers with what is installed when the wanted level cannot be made, unless strict', async () => {
      const args = ['run', model, 'Once upon a time', '--level', 'IQ1_S', '--max-tokens', '4', '--backend', 'ollama'];
      const { code, stdout, stderr } = await plimsoll(args, user.env);
      expect(code).toBe(0);
      expect(stdout.trim()).not.toBe('');
      expect(stderr).toMatch(/fable:5m-q5_K_M answers, for there is no IQ1_S of fable:5m-fp16 now/);
      expect((await plimsoll([...args, '--strict'], user.env)).code).not.toBe(0);
    });

    it('makes a recipe under a name of its own, and has it among the variants', async () => {
      const file = user.path('recipe.txt');
      await writeFile(file, 'plimsoll-level-Q3_K_M=q8_0\nblk\\.\\d+\\.attn_v=q6_K\nblk\\.[0-3]\\.ffn_down=q5_K\n');
      const made = await documentOf('quantize', ['quantize', model, '--recipe', file]);
      const [name, level] = ['fable:5m-mixed-4.69bpw', 'mixed-4.69bpw'];
      expect(made).toMatchObject({ level, name, method: 'quantize' });
      const { models } = await documentOf('models', ['models']);
      expect(models).toContainEqual(expect.objectContaining({ name, level }));
      const { candidates } = await documentOf('plan', ['plan', model, '--vram', '0', '--level', `F16,${level}`]);
      expect(candidates).toContainEqual(expect.objectContaining({ level, variant: { name, status: 'local' } }));
      const run = await documentOf('run', ['run', model, 'Once upon a time', '--level', level, '--max-tokens', '8']);
      expect(run).toMatchObject({ variant: { name, level, made: null } });
      const body = {
        model: name,
        prompt: 'Once upon a time',
        stream: false,
        logprobs: true,
        options: { num_predict: 8 },
      };
      const answer = await fetch(`${server.host}/api/generate`, { method: 'POST', body: JSON.stringify(body) });
      const { response, logprobs } = (await answer.json()) as { response: string; logprobs: { logprob: number }[] };
      expect(response).not.toBe('');
      expect(logprobs).toHaveLength(8);
      for (const { logprob } of logprobs) expect(logprob).toSatisfy(Number.isFinite);
    });

    // What is chosen does not depend on the server, so one of them has to do. Two windows to choose on and two to judge on are the least there are.
    it.runIf(version === newest)(
      'chooses types for a size, and has the result on the server',
      async () => {
        const shallow = user.path('shallow.gguf');
        await writeShallowModel(sampleModelPath(), shallow);
        const brief = 'brief:2m-fp16';
        await importModel(server, brief, shallow);
        const text = user.path('text.txt');
        await writeFile(text, (await readFile(sampleCorpusPath(), 'utf8')).slice(0, 1_300));
        // As after another model of its kind: fewer measurements.
        const kinds = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down', 'token_embd'];
        const losses = Object.fromEntries(kinds.map((kind) => [`${kind}.weight`, [0.001]]));
        const results = fileTextCache(path.join(cacheFolder(user.env), 'mixed', 'results'));
        await sensitivityPriors(results).write('llama', { source: 'another', kinds: losses, inputs: {} });
        const goal = ['--target-bpw', '6', '--text', text, '--window', '64', '--imatrix', 'none', '--yes'];
        const made = await documentOf('quantize', ['quantize', brief, ...goal]);
        const { kept, loss, preset } = made['mixed'] as { kept: boolean; loss: number; preset: { loss: number } };
        expect(kept).toBe(loss <= preset.loss);
        expect(made['name']).toMatch(kept ? /^brief:2m-mixed-(?:5\.\d\d|6\.00)bpw$/ : /^brief:2m-q/);
        const { models } = await documentOf('models', ['models']);
        expect(models).toContainEqual(expect.objectContaining({ name: made['name'], level: made['level'] }));
        const run = ['run', made['name'] as string, 'Once upon a time', '--max-tokens', '8'];
        expect((await documentOf('run', run))['text']).not.toBe('');
      },
      300_000,
    );

    it('compares levels, the missing one made', async () => {
      const { levels } = await documentOf('compare', [
        ...['compare', model, '--levels', 'F16,Q4_K_M', '--make', '--no-quality'],
        ...['--iterations', '1', '--max-tokens', '4'],
      ]);
      expect(levels).toEqual([expect.objectContaining({ level: 'F16' }), expect.objectContaining({ level: 'Q4_K_M' })]);
    });

    it('is well, to the doctor', async () => {
      const { findings } = await documentOf('doctor', ['doctor']);
      expect(findings).toContainEqual(
        expect.objectContaining({
          check: 'backend',
          status: 'ok',
          message: `Ollama ${version} answers at ${server.host}.`,
        }),
      );
    });
  });
}
