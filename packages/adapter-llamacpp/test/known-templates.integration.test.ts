import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { llamaTemplates, locatePeer } from '@plimsoll-tooling/peers';
import { sampleModelPath } from '@plimsoll/sample-model';
import { freePort } from '@plimsoll/testing/servers';
import { describe, expect, test } from 'vitest';
import { ChatTemplates, templateValues } from '../src/host/chat-template.js';
import { Job } from '../src/host/job.js';

const server = locatePeer('llama-server');
const folder = server === null ? null : llamaTemplates();
const reason = folder === null ? ' (skipped: llama-server or its source is not here; npm run peers builds it)' : '';

/** One or two of each family of models that people run. */
const KNOWN = [
  'meta-llama-Llama-3.1-8B-Instruct',
  'meta-llama-Llama-3.2-3B-Instruct',
  'meta-llama-Llama-3.3-70B-Instruct',
  'Qwen-Qwen2.5-7B-Instruct',
  'Qwen-Qwen3-0.6B',
  'Qwen-QwQ-32B',
  'Qwen3-Coder',
  'Qwen3.5-4B',
  'google-gemma-2-2b-it',
  'google-gemma-4-31B-it',
  'mistralai-Mistral-Nemo-Instruct-2407',
  'mistralai-Ministral-3-14B-Reasoning-2512',
  'Mistral-Small-3.2-24B-Instruct-2506',
  'unsloth-mistral-Devstral-Small-2507',
  'microsoft-Phi-3.5-mini-instruct',
  'deepseek-ai-DeepSeek-R1-Distill-Llama-8B',
  'deepseek-ai-DeepSeek-R1-Distill-Qwen-32B',
  'deepseek-ai-DeepSeek-V3.1',
  'ibm-granite-granite-3.3-2B-Instruct',
  'ibm-granite-granite-4.0',
  'openai-gpt-oss-120b',
  'HuggingFaceTB-SmolLM3-3B',
  'CohereForAI-c4ai-command-r7b-12-2024-tool_use',
  'NousResearch-Hermes-3-Llama-3.1-8B-tool_use',
  'NVIDIA-Nemotron-Nano-v2',
  'GLM-4.6',
  'Kimi-K2-Instruct',
  'MiniMax-M2',
  'LFM2-8B-A1B',
  'llama-cpp-deepseek-r1',
];

const CHATS = [
  [{ role: 'user', content: 'Hello there.' }],
  [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello.' },
    { role: 'assistant', content: 'Good day.' },
    { role: 'user', content: 'And now?' },
  ],
];
/** The first and the last token of the sample model. */
const [BOS, EOS] = ['<s>', '</s>'];

const here = (file: string): URL => new URL(file, import.meta.url);
const templates = new ChatTemplates({
  file: fileURLToPath(here('../src/host/template-worker.ts')),
  execArgv: ['--conditions=@plimsoll/source', '--import', here('./source-loader.mjs').href],
});

describe.skipIf(folder === null)(`templates of known models${reason}`, () => {
  // Each needs a llama-server of its own, which takes most of a second.
  test.concurrent.each(KNOWN)('%s becomes the text that llama-server makes of it', async (name) => {
    const file = path.join(folder ?? '', `${name}.jinja`);
    const source = readFileSync(file, 'utf8');
    for (const [at, theirs] of (await servedTexts(file)).entries()) {
      const job = { source, messages: CHATS[at] ?? [], mostCharacters: 100_000 };
      // llama-server thinks where a template can, and leaves the first token to the tokenizer.
      const values = templateValues(BOS, EOS, true, new Date());
      const ours = await templates.render({ ...job, values }, new Job(() => undefined));
      expect(ours.startsWith(BOS) ? ours.slice(BOS.length) : ours).toBe(theirs);
    }
  });
});

/** What a llama-server with that template makes of each chat. */
async function servedTexts(file: string): Promise<readonly string[]> {
  const port = await freePort();
  const shape = ['--model', sampleModelPath(), '--ctx-size', '64', '--parallel', '1', '--threads', '1', '--no-warmup'];
  const listen = ['--host', '127.0.0.1', '--port', String(port), '--no-webui'];
  const child = spawn(server ?? '', [...shape, ...listen, '--jinja', '--chat-template-file', file], {
    stdio: 'ignore',
  });
  const address = `http://127.0.0.1:${port}`;
  try {
    while ((await fetch(`${address}/health`).catch(() => null))?.ok !== true) {
      if (child.exitCode !== null) throw new Error(`llama-server does not start with ${file}`);
      await sleep(20);
    }
    const texts: string[] = [];
    for (const messages of CHATS) {
      const body = JSON.stringify({ messages });
      const answer = await fetch(`${address}/apply-template`, { method: 'POST', body });
      texts.push(((await answer.json()) as { prompt: string }).prompt);
    }
    return texts;
  } finally {
    child.kill('SIGKILL');
  }
}
