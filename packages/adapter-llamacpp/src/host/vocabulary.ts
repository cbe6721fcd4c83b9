import { createHash } from 'node:crypto';
import { InvalidInputError } from '@plimsoll/domain';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import { loadFailure } from './load-failure.js';

const MOST_BYTES = 0x7fff_0000;
/** Cutting up a text of this length takes less time than handing it to another thread is worth. */
const SHORT_BYTES = 16_384;

/** Tokens of a text. `special`: whether control tokens written out in the text count as such. */
export function tokenize(
  { llama }: Engine,
  vocab: Pointer,
  text: string,
  addSpecial: boolean,
  special: boolean,
): Int32Array {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MOST_BYTES) throw new InvalidInputError('The text is longer than 2 GiB.');
  const tokens = new Int32Array(bytes.length + 8);
  const count = llama.tokenize(vocab, bytes, bytes.length, tokens, tokens.length, addSpecial, special);
  if (count < 0) throw new InvalidInputError('The text cannot be turned into tokens.');
  return tokens.slice(0, count);
}

/** The same off the main thread, for texts of any length. */
export async function tokenizeOffThread(
  { llama }: Engine,
  vocab: Pointer,
  text: string,
  addSpecial: boolean,
  special: boolean,
): Promise<Int32Array> {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MOST_BYTES) throw new InvalidInputError('The text is longer than 2 GiB.');
  const tokens = new Int32Array(bytes.length + 8);
  const work = [vocab, bytes, bytes.length, tokens, tokens.length, addSpecial, special] as const;
  const count = bytes.length < SHORT_BYTES ? llama.tokenize(...work) : await offThread(llama.tokenize, ...work);
  if (count < 0) throw new InvalidInputError('The text cannot be turned into tokens.');
  return tokens.slice(0, count);
}

const longest = new Map<Pointer, number>();

/** Bytes of the longest token of a vocabulary. */
export function longestTokenBytes({ llama }: Engine, vocab: Pointer): number {
  const known = longest.get(vocab);
  if (known !== undefined) return known;
  let most = 1;
  const size = llama.vocabSize(vocab);
  for (let token = 0; token < size; token++) most = Math.max(most, Buffer.byteLength(llama.vocabText(vocab, token)));
  longest.set(vocab, most);
  return most;
}

/** Tokens of a text as `llama-perplexity` makes them: BOS where the vocabulary adds one, control tokens parsed as text. */
export async function tokenizeText(
  engine: Engine,
  { path, text }: { readonly path: string; readonly text: string },
): Promise<Int32Array> {
  return withVocabulary(engine, path, (vocab) => tokenize(engine, vocab, text, true, false));
}

/** Size and hash of a vocabulary. */
export async function vocabularyFacts(
  engine: Engine,
  { path }: { readonly path: string },
): Promise<{ readonly size: number; readonly fingerprint: string }> {
  return withVocabulary(engine, path, (vocab) => {
    const size = engine.llama.vocabSize(vocab);
    const hash = createHash('sha256');
    // The kind of tokenizer counts: the same texts may be joined by other rules.
    hash.update(`${engine.llama.vocabType(vocab)}\n`);
    for (let token = 0; token < size; token++) hash.update(`${engine.llama.vocabText(vocab, token)}\0`);
    return { size, fingerprint: `sha256:${hash.digest('hex')}` };
  });
}

/** Loads the vocabulary alone. */
async function withVocabulary<Result>(engine: Engine, path: string, use: (vocab: Pointer) => Result): Promise<Result> {
  engine.log.clear();
  const model = await offThread(engine.llama.loadModel, path, { ...engine.llama.modelDefaults(), vocab_only: true });
  if (model === null) throw loadFailure(engine, path);
  try {
    return use(engine.llama.vocab(model));
  } finally {
    engine.llama.freeModel(model);
  }
}
