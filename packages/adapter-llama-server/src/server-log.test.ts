import { expect, test } from 'vitest';
import { ServerLogReader } from './server-log.js';

const MIB = 1024 ** 2;

test('sums the buffers of host and devices as llama.cpp names them, however the log is cut', () => {
  const reader = new ServerLogReader();
  const log = [
    'load_tensors: offloaded 33/33 layers to GPU',
    'load_tensors:   CPU_Mapped model buffer size =   281.81 MiB',
    'load_tensors:        CUDA0 model buffer size =  4403.49 MiB',
    'llama_kv_cache:      CUDA0 KV buffer size =  1024.00 MiB',
    'llama_context:      CUDA0 compute buffer size =   560.00 MiB',
    'llama_context:  CUDA_Host compute buffer size =    24.01 MiB',
    '',
  ].join('\n');
  for (const letter of log) reader.write(letter);
  const device = 4403.49 + 1024 + 560;
  expect(reader.read).toEqual({
    sizeBytes: Math.round((device + 281.81 + 24.01) * MIB),
    deviceBytes: Math.round(device * MIB),
    offloadedLayers: 33,
  });
});

test('a log without figures leaves them unknown, and its failure is found', () => {
  const reader = new ServerLogReader();
  reader.write('starting\nerror: failed to load model\nexiting\n');
  expect(reader.read).toEqual({ sizeBytes: null, deviceBytes: null, offloadedLayers: null });
  expect(reader.reason).toBe('error: failed to load model');
});
