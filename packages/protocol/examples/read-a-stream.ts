import { encodeLine, lines } from '@plimsoll/protocol';
import { generateAnswer } from '@plimsoll/protocol/ollama';

/** Writes two lines as an Ollama server does and reads them as its clients do. */
export async function readAStream(): Promise<string> {
  const wire = Buffer.from(encodeLine({ response: 'Once upon' }) + encodeLine({ response: ' a time', done: true }));
  let text = '';
  for await (const line of lines(toPieces(wire))) text += generateAnswer.parse(JSON.parse(line)).response ?? '';
  return text;
}

async function* toPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}
