import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../program.js';
import { bashCompletion } from './bash-completion.js';
import { allCommands, commandTree } from './command-tree.js';
import { fishCompletion } from './fish-completion.js';
import { zshCompletion } from './zsh-completion.js';

const tree = commandTree(createProgram('0', async () => undefined));
const hasBash = spawnSync('bash', ['--version']).status === 0;

describe('completion scripts', () => {
  it.each([
    ['bash', bashCompletion],
    ['zsh', zshCompletion],
    ['fish', fishCompletion],
  ])('for %s name every command and flag', (_shell, write) => {
    const script = write(tree);
    for (const { path, options } of allCommands(tree)) {
      expect(script).toContain(path.at(-1) ?? 'plimsoll');
      for (const { long } of options) expect(script).toContain(long.replace(/^--/, ''));
    }
  });

  it.skipIf(!hasBash)('complete commands, subcommands, flags and their words in bash (needs bash)', () => {
    const complete = (...words: string[]): readonly string[] => {
      const typed = ['plimsoll', ...words].map((word) => `'${word}'`).join(' ');
      // The models of a backend that is not asked here.
      const script = `plimsoll() { printf 'tale:1b\\nfox\\n'; }\n${bashCompletion(tree)}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _plimsoll; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
      expect(stderr).toBe('');
      return stdout.split('\n').filter((line) => line !== '');
    };
    expect(complete('mod')).toEqual(['models']);
    expect(complete('config', 'se')).toEqual(['set']);
    expect(complete('gpu', '--wa')).toEqual(['--watch']);
    expect(complete('models', '--backend', 'o')).toEqual(['ollama', 'openai']);
    expect(complete('run', '--kv', 'q8')).toEqual(['q8_0']);
    expect(complete('quantize', 'm.gguf', '--to', 'Q4_K')).toEqual(['Q4_K_M', 'Q4_K_S']);
    expect(complete('config', 'set', 'ai.quantization_')).toEqual(['ai.quantization_bits', 'ai.quantization_level']);
    expect(complete('plan', 'm.gguf', '--gpu', 'GeForce RTX 4090')).toContain('GeForce\\ RTX\\ 4090');
  });

  it.skipIf(!hasBash)('complete models of the backend, also behind a colon, in bash (needs bash)', () => {
    const complete = (line: string): string => {
      const script = `plimsoll() { printf 'tale:1b\\ntale:8b\\nfox\\n'; }
        ${bashCompletion(tree)}
        COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; IFS=' :' read -ra COMP_WORDS <<< "$COMP_LINE"
        COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _plimsoll; printf '%s ' "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).stdout;
    };
    expect(complete('plimsoll run fo')).toBe('fox ');
    expect(complete('plimsoll run tale:1')).toBe('1b ');
  });
});
