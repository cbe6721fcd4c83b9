import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { sampleModelPath } from '@plimsoll/sample-model';
import { describeModelInspectorContract } from '@plimsoll/testing';
import { MemoizedInspector } from '../src/memoized-inspector.js';

const models = {
  known: { kind: 'file', path: sampleModelPath() },
  unknown: { kind: 'file', path: `${sampleModelPath()}.nothing` },
  foreign: { kind: 'url', url: 'https://example.org/model.gguf' },
} as const;

describeModelInspectorContract('the reader of files', async () => ({ inspector: new FileModelInspector(), ...models }));
describeModelInspectorContract('one that reads each header once', async () => ({
  inspector: new MemoizedInspector(new FileModelInspector()),
  ...models,
}));
