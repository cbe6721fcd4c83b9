import {
  FakeVariantBuilder,
  FixedGpuProbe,
  FixedHostProbe,
  InMemoryMeasurementStore,
  InMemoryModelCatalog,
  InMemoryModelRuntime,
  ManualClock,
  RecordingEventBus,
  installedVariant,
} from '@plimsoll/testing';
import { isOfKind, BackendFailedError, CancelledError, variantName } from '@plimsoll/domain';
import type { GenerateRequest, GenerationTimings } from '@plimsoll/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { MeasurementRecorder } from '../statistics/measurement-recorder.js';
import { MOST_KEPT_CHARACTERS } from '../tasks/run-task.js';
import { checkingGrader } from '../tasks/task-grader.js';
import type { TaskGrader } from '../tasks/task-grader.js';
import type { Task } from '../tasks/task.js';
import { EnsureVariant } from '../variants/ensure-variant.js';
import { CompareLevels } from './compare-levels.js';
import type { CompareRequest } from './compare-request.js';

const TASKS: readonly Task[] = ['one', 'two', 'three', 'four'].map((id) => ({
  id,
  prompt: `Say ${id}.`,
  check: { kind: 'exact', expected: id },
}));

const REQUEST: CompareRequest = {
  model: 'tale:1b',
  levels: ['Q8_0', 'Q2_K'],
  reference: 'F16',
  kvCaches: [],
  iterations: 0,
  prompt: '',
  maxTokens: 16,
  text: null,
  windowTokens: 16,
  tasks: TASKS,
  make: true,
};

const TIMINGS: GenerationTimings = {
  promptTokens: null,
  cachedPromptTokens: null,
  generatedTokens: null,
  loadMs: null,
  prefillMs: null,
  decodeMs: null,
  firstTokenMs: null,
  totalMs: 1,
};

let runtime: InMemoryModelRuntime;
let store: InMemoryMeasurementStore;
let requests: GenerateRequest[];
let serial = 0;

const useCase = (grade: TaskGrader | null = checkingGrader(() => true), name = 'checks'): CompareLevels => {
  const clock = new ManualClock();
  const gpu = new FixedGpuProbe();
  const recorder = new MeasurementRecorder(store, runtime, gpu, new FixedHostProbe(), clock, () => `m${++serial}`);
  const ensure = new EnsureVariant(
    runtime,
    new InMemoryModelCatalog(runtime),
    [new FakeVariantBuilder(runtime)],
    (model, level) => variantName(model, level),
    new RecordingEventBus(),
  );
  const digest = (text: string): string => text;
  const grader = grade === null ? undefined : { name, grade };
  return new CompareLevels({
    runtime,
    ensure,
    logits: null,
    planner: null,
    store,
    recorder,
    gpu,
    host: new FixedHostProbe(),
    clock,
    digest,
    grader,
  });
};

beforeEach(() => {
  runtime = new InMemoryModelRuntime({
    variants: [installedVariant({ name: 'tale:1b-fp16', level: 'F16', sizeBytes: 400 })],
  });
  store = new InMemoryMeasurementStore();
  requests = [];
  // The small level forgets the second half of what it was told; none of them knows "four".
  runtime.generate = async function* (request) {
    requests.push(request);
    const prompt = request.input.kind === 'prompt' ? request.input.prompt : '';
    const word = /^Say (\w+)/u.exec(prompt)?.[1] ?? '';
    const forgets = word === 'four' || (word === 'three' && request.model.includes('q2'));
    yield { type: 'text', text: 'let me see', thinking: true };
    yield { type: 'text', text: forgets ? '?' : word };
    yield { type: 'done', stopReason: 'stop', timings: TIMINGS };
  };
});

describe('tasks of a comparison', () => {
  test('are given to every level at temperature 0 and held against the reference', async () => {
    const { levels } = await useCase().compare(REQUEST);
    expect(levels.map(({ tasks }) => tasks?.passed)).toEqual([3, 3, 2]);
    expect(levels[0]?.tasks?.againstReference).toBeNull();
    expect(levels[1]?.tasks?.againstReference).toMatchObject({ lost: [], gained: [], pValue: 1 });
    expect(levels[2]?.tasks).toMatchObject({ total: 4, failed: 2, errors: 0, againstReference: { lost: ['three'] } });
    expect(new Set(requests.map(({ temperature }) => temperature))).toEqual(new Set([0]));
  });

  test('that were kept are not run again', async () => {
    const abort = new AbortController();
    let graded = 0;
    const grade: TaskGrader = async (task, answer) => {
      if (++graded === 6) abort.abort();
      if (abort.signal.aborted) throw new CancelledError('Stopped.');
      return checkingGrader(() => true)(task, answer);
    };
    await expect(useCase(grade).compare(REQUEST, { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await store.query({ kind: 'task' })).toHaveLength(5);
    requests = [];
    const { levels } = await useCase().compare(REQUEST);
    expect(requests).toHaveLength(3 * 4 - 5);
    expect(levels.map(({ tasks }) => tasks?.total)).toEqual([4, 4, 4]);
  });

  test('are not failed by an interruption that ends the engine first', async () => {
    const abort = new AbortController();
    const grade: TaskGrader = async () => {
      abort.abort();
      throw new BackendFailedError('The engine ended.');
    };
    await expect(useCase(grade).compare(REQUEST, { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await store.query({ kind: 'task' })).toEqual([]);
  });

  test('that failed are tried again, and only those; after three tries the error stands', async () => {
    const failing: TaskGrader = async (task, answer) => {
      if (task.id === 'two') throw new BackendFailedError('The grader ended with code 1.');
      return checkingGrader(() => true)(task, answer);
    };
    const first = await useCase(failing).compare(REQUEST);
    expect(first.levels.map(({ tasks }) => tasks?.errors)).toEqual([1, 1, 1]);
    requests = [];
    const second = await useCase().compare(REQUEST);
    expect(second.id).toBe(first.id);
    expect(requests.map(({ input }) => input)).toEqual(requests.map(() => ({ kind: 'prompt', prompt: 'Say two.' })));
    expect(requests).toHaveLength(3);
    expect(second.levels.map(({ tasks }) => [tasks?.total, tasks?.passed, tasks?.errors])).toEqual([
      [4, 3, 0],
      [4, 3, 0],
      [4, 2, 0],
    ]);
    expect((await useCase().compare(REQUEST)).id).not.toBe(first.id);

    store = new InMemoryMeasurementStore();
    const ids: string[] = [];
    for (let run = 0; run < 4; run += 1) ids.push((await useCase(failing).compare(REQUEST)).id);
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(ids[3]).not.toBe(ids[0]);
  });

  test('keep the beginning of each answer, thinking left out', async () => {
    const clever = runtime.generate;
    runtime.generate = async function* (request, options) {
      if (request.input.kind !== 'prompt' || !request.input.prompt.includes('one')) {
        yield* clever(request, options);
        return;
      }
      yield { type: 'text', text: '😀'.repeat(5000) };
      yield { type: 'done', stopReason: 'stop', timings: TIMINGS };
    };
    await useCase().compare({ ...REQUEST, levels: [] });
    const kept = (await store.query({ kind: 'task' })).filter(isOfKind('task'));
    const answerOf = (id: string): string => kept.find(({ task }) => task.id === id)?.task.answer ?? '';
    expect(answerOf('two')).toBe('two');
    expect(answerOf('one').length).toBeLessThanOrEqual(MOST_KEPT_CHARACTERS);
    expect(answerOf('one')).toMatch(/^(?:😀)+…$/u);
  });

  test('on which the levels differ are told with prompt and answers', async () => {
    const { disagreements } = await useCase().compare(REQUEST);
    expect(disagreements).toEqual([
      {
        id: 'three',
        prompt: 'Say three.',
        expected: 'three',
        answers: ['F16', 'Q8_0', 'Q2_K'].map((level) => {
          const passed = level !== 'Q2_K';
          return { level, kvCache: 'f16', passed, score: null, answer: passed ? 'three' : '?', succeeded: true };
        }),
      },
    ]);
  });

  test('that another grader judged do not count', async () => {
    const { id } = await useCase().compare(REQUEST);
    const other = await useCase(async () => ({ passed: null, score: 3 }), 'mine').compare(REQUEST);
    expect(other.id).not.toBe(id);
    expect(other.levels[1]?.tasks).toMatchObject({ passRate: null, meanScore: { value: 3, low: 3, high: 3 } });
  });

  test('an error of a grader is an error of that task, not a score and not the end', async () => {
    const grade: TaskGrader = async (task, answer) => {
      if (task.id === 'two') throw new BackendFailedError('The grader ended with code 1.');
      return checkingGrader(() => true)(task, answer);
    };
    const { levels } = await useCase(grade).compare(REQUEST);
    expect(levels[0]?.tasks).toMatchObject({ total: 4, passed: 2, failed: 1, errors: 1 });
    expect(levels[0]?.tasks?.failures).toEqual([
      { id: 'two', errorCode: 'backend-failed', message: 'The grader ended with code 1.' },
    ]);
    expect(await store.query({ kind: 'task' })).toContainEqual(
      expect.objectContaining({
        succeeded: false,
        errorCode: 'backend-failed',
        task: { id: 'two', passed: null, score: null, answer: 'two' },
      }),
    );
  });

  test.each([
    ['without a grader', null, TASKS, 'capability-missing'],
    ['with one id twice', checkingGrader(() => true), [...TASKS, ...TASKS.slice(1, 2)], 'invalid-input'],
  ])('%s are refused before any work', async (_name, grade, tasks, code) => {
    await expect(useCase(grade).compare({ ...REQUEST, tasks })).rejects.toMatchObject({ code });
    expect([requests, runtime.variants.length]).toEqual([[], 1]);
  });
});
