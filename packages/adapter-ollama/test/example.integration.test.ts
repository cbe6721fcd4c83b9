import { sampleModelPath } from '@plimsoll/sample-model';
import { expect, test } from 'vitest';
import { makeAndAsk } from '../examples/make-and-ask.js';
import { describeEachVersion } from './support/each-version.js';
import { record, saveRecording, type Exchange } from './support/recording.js';

describeEachVersion('the example of the README', (version, start) => {
  test('runs', async () => {
    const server = await start();
    const exchanges: Exchange[] = [];
    const proxy = await record(server.host, exchanges);
    const printed: string[] = [];
    try {
      await makeAndAsk(proxy.host, sampleModelPath(), 'fable:5m', (text) => printed.push(text));
    } finally {
      await proxy.stop();
      await server.stop();
    }
    expect(printed).toContain('8 tokens');
    await saveRecording('example', version, exchanges);
  });
});
