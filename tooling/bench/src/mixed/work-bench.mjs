import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { shippedPeer } from '@plimsoll-tooling/peers';
import { writeSparseGguf } from '@plimsoll/adapter-gguf/writer';
import { LlamaCppImportanceCollector, LlamaCppTensorQuantizer } from '@plimsoll/adapter-llamacpp';
import { allocate } from '@plimsoll/domain';
import { sampleCorpusPath, sampleModelPath } from '@plimsoll/sample-model';

const GIB = 2 ** 30;
const TYPES = ['Q2_K', 'IQ2_S', 'IQ3_XXS', 'IQ3_S', 'Q3_K', 'IQ4_XS', 'Q4_K', 'Q5_K', 'Q6_K', 'Q8_0'];
const BITS = [2.625, 2.5625, 3.0625, 3.4375, 3.4375, 4.25, 4.5, 5.5, 6.5625, 8.5];

/** What recipes cost beside measuring: allocating for a large model, collecting a matrix, reading a large file. */
export async function* bench() {
  yield allocation();
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-mixed-work-'));
  try {
    yield* await collecting(folder);
    yield* largeFile(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A model of 80 layers, as Llama 3 70B: each tensor a group of its own. */
function allocation() {
  const shapes = { q: 8192 * 8192, k: 8192 * 1024, v: 8192 * 1024, o: 8192 * 8192, gate: 8192 * 28672 };
  const sizes = { ...shapes, up: shapes.gate, down: shapes.gate };
  const groups = Array.from({ length: 80 }, (_, layer) =>
    Object.entries(sizes).map(([kind, weights], k) => ({
      name: `${kind} ${layer}`,
      options: TYPES.map((type, i) => ({
        type,
        bytes: Math.round((weights * BITS[i]) / 8),
        loss: (1 + ((layer * 7 + k * 13) % 23)) * 4 ** -BITS[i] * (1 + ((layer + i) % 5) / 40),
      })),
    })),
  ).flat();
  const budget = groups.reduce((sum, { options }) => sum + options[6].bytes, 0);
  const startedMs = performance.now();
  const { loss, lossBound } = allocate(groups, budget);
  const ms = performance.now() - startedMs;
  return {
    name: 'allocation for 560 tensors of ten types',
    ms,
    bound: 2000,
    passed: ms < 2000,
    aboveBound: loss / lossBound - 1,
  };
}

/** Tokens per second against llama-imatrix on the same libraries: the best of three runs each. */
async function collecting(folder) {
  const peer = shippedPeer('llama-imatrix');
  if (peer === null) return [];
  const [model, text] = [sampleModelPath(), sampleCorpusPath()];
  const collector = new LlamaCppImportanceCollector({ modelsFolder: folder });
  const content = await readFile(text, 'utf8');
  const threads = String(Math.max(1, availableParallelism() - 1));
  let [ours, theirs] = [Infinity, Infinity];
  for (let i = 0; i < 3; i += 1) {
    const target = path.join(folder, `ours-${i}.gguf`);
    let startedMs = performance.now();
    await collector.collect({ model, text: content, dataset: 'corpus', target });
    ours = Math.min(ours, performance.now() - startedMs);
    startedMs = performance.now();
    const args = [
      '-m',
      model,
      '-f',
      text,
      '-o',
      path.join(folder, 'theirs.gguf'),
      '-c',
      '256',
      '-t',
      threads,
      '--no-ppl',
    ];
    execFileSync(peer.program, args, { cwd: peer.folder, env: peer.environment, stdio: 'ignore' });
    theirs = Math.min(theirs, performance.now() - startedMs);
  }
  await collector.close();
  const ratio = theirs / ours;
  return [
    {
      name: 'collecting an importance matrix',
      ratio,
      ours,
      peer: theirs,
      unit: 'ms',
      peerName: 'llama-imatrix',
      bound: 0.8,
      passed: ratio >= 0.8,
    },
  ];
}

/** Most memory while the tensors of a sparse file of 16 GB are quantized: to find their errors, and to make a file. */
async function* largeFile(folder) {
  const file = path.join(folder, 'large.gguf');
  const layers = 32;
  const matrix = (name, rows, columns) => ({ name, shape: [columns, rows], type: 'F16' });
  const tensors = [
    matrix('token_embd.weight', 128256, 4096),
    ...Array.from({ length: layers }, (_, i) => [
      matrix(`blk.${i}.attn_q.weight`, 4096, 4096),
      matrix(`blk.${i}.attn_k.weight`, 1024, 4096),
      matrix(`blk.${i}.attn_v.weight`, 1024, 4096),
      matrix(`blk.${i}.attn_output.weight`, 4096, 4096),
      matrix(`blk.${i}.ffn_gate.weight`, 14336, 4096),
      matrix(`blk.${i}.ffn_up.weight`, 14336, 4096),
      matrix(`blk.${i}.ffn_down.weight`, 4096, 14336),
    ]).flat(),
    matrix('output.weight', 128256, 4096),
  ];
  const { fileBytes } = await writeSparseGguf(file, { metadata: { 'general.architecture': 'llama' }, tensors });
  const quantizer = new LlamaCppTensorQuantizer({ modelsFolder: folder });
  const names = tensors.map(({ name }) => name);
  try {
    yield await memoryOf(`errors of a file of ${fileBytes} bytes`, async () => {
      for await (const found of quantizer.errors({ source: file, tensors: names, types: ['Q3_K', 'Q4_K', 'Q6_K'] })) {
        if (found.length === 0) throw new Error('A tensor has no type.');
      }
    });
    yield await memoryOf(`a recipe made of a file of ${fileBytes} bytes`, async () => {
      const target = path.join(folder, 'made.gguf');
      const types = new Map(names.map((name, i) => [name, ['Q4_K', 'IQ4_XS', 'Q6_K'][i % 3]]));
      await quantizer.splice({ source: file, target, types });
      if ((await stat(target)).size < fileBytes / 5) throw new Error('The file is too small to be whole.');
    });
  } finally {
    await quantizer.close();
  }
}

/** Most resident memory of this process's children while they work. */
async function memoryOf(name, work) {
  let most = 0;
  const look = async () => {
    most = Math.max(most, await childrenBytes());
  };
  const timer = setInterval(() => void look(), 100);
  const startedMs = performance.now();
  try {
    await work();
    await look();
  } finally {
    clearInterval(timer);
  }
  return { name, bytes: most, bound: GIB, passed: most < GIB, ms: performance.now() - startedMs };
}

/** Resident memory of this process's children. */
async function childrenBytes() {
  const ids = (await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')).trim().split(' ');
  let sum = 0;
  for (const id of ids.filter((one) => one !== '')) {
    const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
    sum += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  }
  return sum;
}
