import { readFileSync, writeFileSync } from 'node:fs';
import { sampleModelPath } from '@plimsoll/sample-model';
import { textKey, withKeys } from './gguf-keys.mjs';
import { createUser, run } from './program.mjs';
import { createTally, faultsOf } from './verdict.mjs';

const repeat = (count, body) => `{% for a in range(${count}) %}${body}{% endfor %}`;

/** Chat templates in a model that otherwise runs: what becomes of a chat, and what is said. */
const CASES = [
  ['that is fine', '{{ messages[0].content }}', [0]],
  ['that loops for ever', repeat(99999, repeat(99999, '')), [1], /did not end within 5 seconds/u],
  ['that counts to a billion', repeat(999999999, ''), [1], /more than 100000 numbers/u],
  ['that writes without end', repeat(99999, 'long '.repeat(20)), [1], /chat template failed/u],
  [
    'that doubles a text',
    `{% set ns = namespace(x='a') %}${repeat(64, '{% set ns.x = ns.x ~ ns.x %}')}{{ ns.x }}`,
    [1],
    /chat template failed/u,
  ],
  ['that calls itself', '{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}', [1], /chat template failed/u],
  ['that nests 50,000 deep', '{% if 1 %}'.repeat(50_000), [1], /chat template failed/u],
  ['that reaches for the program', "{{ ''.constructor.constructor('return process')() }}", [0, 1]],
  ['that acts on the terminal', "{{ raise_exception('\u001b[2J\u202e') }}", [1], /\\x1b\[2J/u],
];

/** Each with the sample model, in one chat. The engine's process renders; the program's own stays small. */
export async function tryChatTemplates({ every = 1 } = {}) {
  const tally = createTally('chat templates');
  const model = readFileSync(sampleModelPath());
  for (const [name, template, codes, says] of CASES.filter((_, index) => index % every === 0)) {
    const user = createUser();
    try {
      const file = user.path('model.gguf');
      writeFileSync(file, withKeys(model, textKey('tokenizer.chat_template', template)));
      const result = await run(user, ['run', file, 'Once', '--max-tokens', '4', '--level', 'F16']);
      tally.add(`a template ${name}`, result, faultsOf(result, { codes, says, boundMiB: 700 }));
    } finally {
      user.remove();
    }
  }
  return tally;
}
