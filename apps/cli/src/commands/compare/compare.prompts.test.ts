import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPrompts } from './compare.prompts.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-prompts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(path.join(folder, name), text);
  return path.join(folder, name);
}

describe('readPrompts', () => {
  it('reads JSON lines: tasks where the answer is known, texts elsewhere', async () => {
    const place = await file(
      'mine.jsonl',
      '\uFEFF{"id":"sum","prompt":"2+2?","expected":"4"}\n\n{"prompt":"Yes?","pattern":"^yes"}\r\n' +
        '{"prompt":"JSON?","schema":{"type":"object"}}\n{"prompt":"Tell me more."}\n',
    );
    expect(await readPrompts(place)).toEqual({
      tasks: [
        { id: 'sum', prompt: '2+2?', check: { kind: 'exact', expected: '4' } },
        { id: 'mine.jsonl:3', prompt: 'Yes?', check: { kind: 'pattern', pattern: '^yes' } },
        { id: 'mine.jsonl:4', prompt: 'JSON?', check: { kind: 'schema', schema: { type: 'object' } } },
      ],
      texts: [{ id: 'mine.jsonl:5', prompt: 'Tell me more.' }],
    });
  });

  it('reads plain lines, one prompt each', async () => {
    const place = await file('lines.txt', 'First?\n\n  Second?  ');
    expect((await readPrompts(place)).texts.map(({ prompt }) => prompt)).toEqual(['First?', 'Second?']);
  });

  it('reads a folder: JSON lines as such, every other file as one prompt', async () => {
    await file('b.txt', 'One prompt\nover two lines.\n');
    await file('a.jsonl', '{"prompt":"2+2?","expected":"4"}');
    await file('.hidden', 'not this');
    await mkdir(path.join(folder, 'inner'));
    const { tasks, texts } = await readPrompts(folder);
    expect(tasks.map(({ id }) => id)).toEqual(['a.jsonl:1']);
    expect(texts).toEqual([{ id: 'b.txt', prompt: 'One prompt\nover two lines.' }]);
  });

  it.each([
    ['{"prompt":"a"}\n{"prompt"', 'Line 2 of bad.jsonl (--prompts) is no JSON'],
    ['{"prompt":"a","expectd":"b"}', 'Line 1 of bad.jsonl (--prompts) is no prompt'],
    ['{"prompt":""}', 'is no prompt ("prompt"'],
    ['{"prompt":"a","expected":"b","pattern":"c"}', 'more than one'],
    ['{"prompt":"a","pattern":"("}', 'no regular expression'],
    ['\n', 'holds no prompts'],
  ])('refuses %j and names the line', async (text, message) => {
    await expect(readPrompts(await file('bad.jsonl', text))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(message) as string,
    });
  });

  it('refuses a place that does not exist', async () => {
    await expect(readPrompts(path.join(folder, 'gone'))).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
