import type { Task } from './task.js';

const exact = (id: string, prompt: string, expected: string): Task => ({
  id,
  prompt,
  check: { kind: 'exact', expected },
});

const pattern = (id: string, prompt: string, source: string): Task => ({
  id,
  prompt,
  check: { kind: 'pattern', pattern: source },
});

const NUMBER_ONLY = 'Answer with the number only.';
const SHORT = 'Answer with the shortest answer only, no sentence.';

/** Small sums: what loses its last digit when weights lose theirs. */
const ARITHMETIC: readonly Task[] = [
  exact('sum-two-digits', `What is 47 + 38? ${NUMBER_ONLY}`, '85'),
  exact('sum-carry', `What is 268 + 457? ${NUMBER_ONLY}`, '725'),
  exact('difference', `What is 503 - 178? ${NUMBER_ONLY}`, '325'),
  exact('product-one-digit', `What is 7 * 8? ${NUMBER_ONLY}`, '56'),
  exact('product-two-digits', `What is 13 * 17? ${NUMBER_ONLY}`, '221'),
  exact('quotient', `What is 144 / 12? ${NUMBER_ONLY}`, '12'),
  exact('two-steps', `What is 6 * 9 - 14? ${NUMBER_ONLY}`, '40'),
  exact('brackets', `What is (15 + 9) * 3? ${NUMBER_ONLY}`, '72'),
];

/** Everything that is asked for stands in the prompt; nothing has to be known. */
const FACTS_IN_THE_PROMPT: readonly Task[] = [
  exact(
    'fact-harbour',
    `The Marlin left Port Ansel on Tuesday with 40 barrels of salt and reached Dunmere on Friday. On which day did it leave? ${SHORT}`,
    'Tuesday',
  ),
  exact(
    'fact-cargo',
    `The Heron carries 12 crates of tea, 30 crates of rice and 9 crates of nails. How many crates of rice does it carry? ${NUMBER_ONLY}`,
    '30',
  ),
  exact(
    'fact-tallest',
    `Ida is taller than Bram. Bram is taller than Tove. Who is the shortest of the three? ${SHORT}`,
    'Tove',
  ),
  exact(
    'fact-last-change',
    `The lamp was red. Then it was painted blue. Later it was painted green. Which colour is the lamp now? ${SHORT}`,
    'green',
  ),
  exact('fact-owner', `Nils gave his key to Maren. Maren gave it to Odd. Who has the key? ${SHORT}`, 'Odd'),
  exact(
    'fact-table',
    `name;port;berth\nAlma;Ravn;4\nBirk;Sole;7\nCara;Ravn;2\n\nWhich berth does Birk have? ${NUMBER_ONLY}`,
    '7',
  ),
  exact(
    'fact-count',
    `On the quay lie these boats: Alma, Birk, Cara, Dina, Egil. How many boats lie on the quay? ${NUMBER_ONLY}`,
    '5',
  ),
  pattern(
    'fact-negation',
    `All crates but the third are empty. There are four crates. Which crate is full: the first, second, third or fourth? ${SHORT}`,
    '^\\W*(?:[Tt]he )?[Tt]hird(?: crate)?\\W*$',
  ),
];

/** Answers that have to have a form. */
const FORMAT: readonly Task[] = [
  pattern('format-upper-case', 'Write the word harbour in capital letters. Write nothing else.', '^\\s*HARBOUR\\s*$'),
  pattern(
    'format-list',
    'List the numbers from 1 to 5, separated by commas without spaces, on one line. Write nothing else.',
    '^\\s*1,2,3,4,5\\s*$',
  ),
  pattern('format-yes', 'Is 9 greater than 4? Answer with exactly one word: yes or no.', '^\\s*[Yy]es\\W*$'),
  pattern('format-date', 'Write the 3rd of May 2021 as YYYY-MM-DD. Write nothing else.', '^\\s*2021-05-03\\s*$'),
  exact('format-reverse', 'Write these words in reverse order, with spaces: sail rope mast', 'mast rope sail'),
  pattern(
    'format-tag',
    'Write the word anchor between <answer> and </answer>. Write nothing else.',
    '^\\s*<answer>\\s*anchor\\s*</answer>\\s*$',
  ),
  exact(
    'format-sort',
    'Sort these words from A to Z, separated by spaces: pine ash oak. Write nothing else.',
    'ash oak pine',
  ),
  pattern(
    'format-lines',
    'Write the words red, green and blue, each on a line of its own. Write nothing else.',
    '^\\s*[Rr]ed\\s*\\n\\s*[Gg]reen\\s*\\n\\s*[Bb]lue\\s*$',
  ),
];

/** Twenty-four prompts with one right answer each, for every model that follows instructions. */
export const EXACT_ANSWER_TASKS: readonly Task[] = [...ARITHMETIC, ...FACTS_IN_THE_PROMPT, ...FORMAT];
