import { readFile, writeFile } from 'node:fs/promises';

/**
 * Writes a copy of a GGUF file whose vocabulary has its comma and its quotation mark exchanged. A small model that is held
 * to a JSON schema ends a text where it would begin a clause, instead of rambling on until it has no tokens left.
 */
export async function writeTerseModel(source: string, target: string): Promise<void> {
  const file = await readFile(source);
  const [comma, mark] = [placeOf(file, ','), placeOf(file, '"')];
  file.write('"', comma);
  file.write(',', mark);
  await writeFile(target, file);
}

/** Where the text of one letter stands among the tokens, each behind its length. */
function placeOf(file: Buffer, letter: string): number {
  const [tokens, lengthBytes] = [file.indexOf('tokenizer.ggml.tokens'), 8];
  const token = Buffer.alloc(lengthBytes + 1);
  token.writeBigUInt64LE(1n);
  token.write(letter, lengthBytes);
  const place = file.indexOf(token, tokens);
  if (tokens < 0 || place < 0) throw new Error(`There is no token ${letter} in the vocabulary.`);
  return place + lengthBytes;
}
