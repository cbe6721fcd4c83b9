import { wordsOf, type RemedyWords, type WordsByKind } from '@plimsoll/contract';
import type { Remedy } from '@plimsoll/domain';
import { shellWord } from '../output/shell-word.js';

const COMMANDS: WordsByKind<Remedy> = {
  'make-variant': ({ model, level, how }) => {
    const command = `plimsoll quantize ${shellWord(model)} --to ${level}`;
    if (how === 'embedded-engine') return `Make it with the engine inside: ${command} --backend embedded`;
    if (how === 'file-elsewhere') return `Make it elsewhere: ${command} --out PATH, and run that.`;
    return `Make it with: ${command}.`;
  },
  'make-variants': ({ model, levels }) =>
    `Compare with --make, or make it first: ${levels.map((level) => `plimsoll quantize ${shellWord(model)} --to ${level}`).join('; ')}`,
  'turn-quantization-off': () => 'Or run without quantization: plimsoll config set ai.enable_quantization false',
  'list-models': ({ backend }) =>
    `List what there is with: plimsoll models${backend === undefined ? '' : ` --backend ${backend}`}.`,
  'inspect-model': ({ model }) => `What it is made of: plimsoll inspect ${shellWord(model)}`,
  'govern-memory': () => 'Govern it with: plimsoll serve --backend embedded --governor active',
  'list-devices': () => 'See: plimsoll gpu',
  'watch-devices': () => 'Watch it with: plimsoll gpu --watch',
  'plan-model': ({ model }) =>
    `Find a level that fits with: plimsoll plan ${model === null ? 'MODEL' : shellWord(model)}.`,
  'compare-levels': ({ model }) => `Compare levels with: plimsoll compare ${shellWord(model)}.`,
  'see-statistics': ({ model }) => `See what was recorded with: plimsoll stats ${shellWord(model)}`,
  'propose-settings': ({ model }) => `Then: plimsoll stats ${shellWord(model)} --propose`,
  'add-engine-build': ({ build }) => `Add it with: plimsoll engine add ${build}`,
  'change-setting': ({ path, value }) => `Set it with: plimsoll config set ${path} ${value}`,
  'use-backend': ({ backend, model }) =>
    model === undefined
      ? `Use: --backend ${backend}`
      : `Or let another backend download and run it: the same command with ${shellWord(model)} --backend ${backend}.`,
  'use-options': ({ options }) =>
    `Use: ${Object.entries(options)
      .map(([name, value]) => `--${name}${value === '' ? '' : ` ${value}`}`)
      .join(' or ')}.`,
  'leave-out': ({ option }) => `Leave out --${option}.`,
};

/** A remedy as the command or flag that does it. */
export const remedyCommand: RemedyWords = (remedy) => wordsOf(COMMANDS, remedy);
