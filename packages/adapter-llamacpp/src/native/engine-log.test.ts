import { expect, test } from 'vitest';
import { EngineLog } from './engine-log.js';

test('finds the cause, not what passes it on, nor a file whose name sounds like one', () => {
  const log = new EngineLog();
  log.write('llama_model_loader: loaded meta data with 1 key-value pairs from /tmp/unknown-error.gguf\n');
  log.write('llama_model_load: error loading model: unknown model ');
  log.write("architecture: 'steamship'\nllama_model_load_from_file_impl: failed to load model\n");
  expect(log.reason()).toBe("unknown model architecture: 'steamship'");
  log.clear();
  expect(log.reason()).toBeNull();
});

test('keeps the last lines alone, whatever is written', () => {
  const log = new EngineLog();
  for (let i = 0; i < 1_000; i++) log.write(`line ${i}\n`);
  log.write('x'.repeat(200_000));
  expect(log.lines().length).toBeLessThan(100);
  expect(log.lines().at(-1)).toBe('line 999');
});
