import { readFile, writeFile } from 'node:fs/promises';

/**
 * Writes a copy of a GGUF file whose vocabulary has its comma and its quotation mark exchanged. A small model that is held
 * to a JSON schema ends a text where it would begin a clause, instead of rambling on until it has no tokens left.
 */
export async function writeTerseModel(source: string, target: string): Promise<void> {
  const file = await readFile(source);
  const [comma, mark] = [tokenOf(file, ',').place, tokenOf(file, '"').place];
  file.write('"', comma);
  file.write(',', mark);
  await writeFile(target, file);
}

/** Writes a copy of a GGUF file that takes the full stop for the end of its answer: it answers with one sentence. */
export async function writeOneSentenceModel(source: string, target: string): Promise<void> {
  const file = await readFile(source);
  const key = 'tokenizer.ggml.eos_token_id';
  // A value stands behind its key and four bytes of its type.
  file.writeUInt32LE(tokenOf(file, '.').number, file.indexOf(key) + key.length + 4);
  await writeFile(target, file);
}

/** Number of the token that is one letter, and where its text stands in the file. */
function tokenOf(file: Buffer, letter: string): { readonly number: number; readonly place: number } {
  const key = 'tokenizer.ggml.tokens';
  const start = file.indexOf(key);
  if (start < 0) throw new Error('The file has no vocabulary.');
  // Behind the key: the types of list and item, the number of items, and each text behind its length.
  let place = start + key.length + 8;
  const tokens = file.readBigUInt64LE(place);
  place += 8;
  for (let number = 0; number < tokens; number += 1) {
    const length = Number(file.readBigUInt64LE(place));
    place += 8;
    if (file.toString('utf8', place, place + length) === letter) return { number, place };
    place += length;
  }
  throw new Error(`There is no token ${letter} in the vocabulary.`);
}
