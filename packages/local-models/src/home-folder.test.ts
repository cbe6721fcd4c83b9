import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { homeFolder } from './home-folder.js';

describe('homeFolder', () => {
  it('is never the working directory, even when HOME is empty', () => {
    expect(homeFolder('/home/ada')).toBe('/home/ada');
    expect(homeFolder('')).toBe(userInfo().homedir);
  });
});
