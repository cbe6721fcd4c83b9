import { describe, expect, it } from 'vitest';
import { COLOURED, visibleWidth, wantsColour } from './style.js';

describe('wantsColour', () => {
  it.each([
    { isTerminal: true, env: {}, colour: true },
    { isTerminal: false, env: {}, colour: false },
    { isTerminal: true, env: { NO_COLOR: '1' }, colour: false },
    { isTerminal: true, env: { NO_COLOR: '' }, colour: true },
    { isTerminal: true, env: { TERM: 'dumb' }, colour: false },
    { isTerminal: false, env: { FORCE_COLOR: '1' }, colour: true },
    { isTerminal: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' }, colour: true },
    { isTerminal: true, env: { FORCE_COLOR: '0' }, colour: false },
  ])('is $colour for terminal $isTerminal and $env', ({ isTerminal, env, colour }) => {
    expect(wantsColour(isTerminal, env)).toBe(colour);
  });
});

describe('visibleWidth', () => {
  it('counts what is seen', () => {
    expect(visibleWidth(COLOURED.bold('abc'))).toBe(3);
    expect(visibleWidth('日本')).toBe(4);
  });
});
