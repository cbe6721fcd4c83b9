import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { metadataNumber, parseModelReference } from '@plimsoll/domain';

const inspector = new FileModelInspector();
const { header, origin } = await inspector.inspect(parseModelReference(process.argv[2] ?? './model.gguf'));

const bytes = header.tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
const layers = metadataNumber(header, `${header.architecture}.block_count`);
console.log(`${origin}: ${header.architecture}, ${layers ?? '?'} layers, ${bytes} bytes of weights`);
