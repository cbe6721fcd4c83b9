import { expect, test } from 'vitest';
import { chatCommand, chatHelp, completeCommand } from './chat-commands.js';

test.each([
  ['/help', { kind: 'help' }],
  ['/LEVEL', { kind: 'level', level: null }],
  ['/level q4_k_m', { kind: 'level', level: 'Q4_K_M' }],
  ['/stats', { kind: 'stats' }],
  ['/clear', { kind: 'clear' }],
  ['/bye', { kind: 'leave' }],
])('%s is a command', (line, command) => {
  expect(chatCommand(line)).toEqual(command);
});

test('what is no command is a message', () => {
  expect(chatCommand('Hello')).toBeNull();
  expect(chatCommand('/etc/passwd is what?')).toBeNull();
});

test('a slip is named, and sent to nobody', () => {
  expect(chatCommand('/quit now')).toMatchObject({ kind: 'unknown' });
  const slip = chatCommand('/level Q9');
  expect(slip?.kind === 'unknown' && slip.problem).toContain('Q4_K_M');
  expect(chatCommand('/clear all')).toMatchObject({ kind: 'unknown' });
});

test('the help names every command, and Tab completes them', () => {
  for (const name of ['/help', '/level', '/stats', '/clear', '/bye']) expect(chatHelp()).toContain(name);
  expect(completeCommand('/st')).toEqual([['/stats'], '/st']);
  expect(completeCommand('/level q8')).toEqual([['/level Q8_0'], '/level q8']);
  expect(completeCommand('Hello')).toEqual([[], 'Hello']);
});
