/**
 * Whether an answer is the expected text. Case, spaces at the ends and in rows, and what chat models put around an
 * answer (quotes, asterisks, a full stop) do not count. Of an answer over several lines the first one counts, unless
 * more than one is expected: models without a chat template go on after the answer.
 */
export function checkExactAnswer(answer: string, expected: string): boolean {
  const wanted = lines(expected);
  const given = lines(answer);
  return wanted.length > 0 && wanted.every((line, index) => plain(line) === plain(given[index] ?? ''));
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');

const DECORATION = /^[\s"'`*“”‘’«»]+|[\s"'`*“”‘’«».]+$/gu;

const plain = (line: string): string =>
  line.normalize('NFKC').replaceAll(DECORATION, '').replaceAll(/\s+/gu, ' ').toLowerCase();
