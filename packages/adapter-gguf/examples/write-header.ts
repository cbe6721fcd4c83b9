import { writeSparseGguf } from '@plimsoll/adapter-gguf/writer';

const { headerBytes, fileBytes } = await writeSparseGguf(process.argv[2] ?? './tiny.gguf', {
  metadata: {
    'general.architecture': 'llama',
    'llama.block_count': 2,
    // A whole number would be stored as an integer; engines want a float here.
    'llama.rope.freq_base': { type: 'float32', value: 10_000 },
  },
  tensors: [{ name: 'output.weight', shape: [4096, 128_256], type: 'Q6_K' }],
});
console.log(`${headerBytes} bytes of header, ${fileBytes} bytes as far as any reader can tell`);
