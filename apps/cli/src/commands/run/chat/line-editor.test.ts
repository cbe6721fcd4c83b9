import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Terminal } from '../../command-context.js';
import { LineEditor } from './line-editor.js';

const never = new AbortController().signal;

describe('LineEditor', () => {
  let keys: PassThrough;
  let shown: string;
  let editor: LineEditor;

  beforeEach(() => {
    keys = new PassThrough();
    shown = '';
    const screen = new PassThrough();
    screen.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    editor = new LineEditor({ input: keys, output: screen } as unknown as Terminal);
  });
  afterEach(() => editor.close());

  test('a question in the middle of work is answered by what is typed after it', async () => {
    let answer = '';
    await editor.whileAnswering(never, async () => {
      keys.write('typed too early\r');
      await new Promise((resolve) => setImmediate(resolve));
      const asked = editor.ask('Go on? ');
      keys.write('y\r');
      answer = await asked;
    });
    expect(answer).toBe('y');
    expect(shown).toContain('Go on? ');
    // What was typed before is a message still.
    expect(await editor.readLine('>>> ')).toEqual({ kind: 'line', text: 'typed too early' });
  });

  test('Ctrl-C at a question is no, and stops neither the work nor the lines', async () => {
    let aborted = true;
    await editor.whileAnswering(never, async (signal) => {
      const asked = editor.ask('Go on? ');
      keys.write('y\u0003');
      expect(await asked).toBe('');
      aborted = signal.aborted;
    });
    expect(aborted).toBe(false);
    const next = editor.readLine('>>> ');
    keys.write('hello\r');
    expect(await next).toEqual({ kind: 'line', text: 'hello' });
  });

  test('a terminal that goes away at a question is no', async () => {
    await editor.whileAnswering(never, async () => {
      const asked = editor.ask('Go on? ');
      keys.end();
      expect(await asked).toBe('');
    });
    expect(await editor.ask('Go on? ')).toBe('');
  });
});
