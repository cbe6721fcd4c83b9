import { CapabilityMissingError } from '@plimsoll/domain';
import koffi from 'koffi';
import type { Engine } from '../native/engine.js';
import type { Pointer } from '../native/structs.js';

/** Bytes in one kind of buffer, as `llama_memory_breakdown_data` has them. */
export interface BufferUse {
  readonly onHost: boolean;
  readonly device: Pointer;
  readonly model: number;
  readonly context: number;
  readonly compute: number;
}

/** `llama_get_memory_breakdown(llama_context const*)`; the same mangled name with every Itanium-ABI compiler. */
const SYMBOL = '_Z26llama_get_memory_breakdownPK13llama_context';

/** Both standard libraries keep a node's value behind three pointers and the colour. */
const VALUE_OFFSET = 32;
const CHILD_OFFSETS = process.platform === 'darwin' ? [0, 8] : [16, 24];

type Breakdown = (context: Pointer) => { root: Pointer; count: number | bigint };

let bound: Breakdown | null = null;

/**
 * The engine's own account of a context's memory. It is a C++ function that returns a `std::map` by value: such
 * an object comes back exactly as a large C struct does, so its head is declared as one and its tree is walked.
 * The handful of nodes is not freed; the process that asks is short-lived or asks rarely.
 */
export function memoryBreakdown(engine: Engine, context: Pointer): readonly BufferUse[] {
  bound ??= bind(engine);
  const { root, count } = bound(context);
  const found: BufferUse[] = [];
  walk(engine, root, found, 0);
  if (found.length !== Number(count)) throw new Error('the memory breakdown has an unknown layout');
  return found;
}

function bind(engine: Engine): Breakdown {
  if (process.platform === 'win32') {
    throw new CapabilityMissingError('Exact footprints are not available on Windows.', {
      hint: 'The closed form is within a percent.',
      remedies: [{ kind: 'leave-out', option: 'exact' }],
    });
  }
  const pointer = 'void*';
  // libc++: first node, root, count. libstdc++: comparator, colour, root, first, last, count.
  const head =
    process.platform === 'darwin'
      ? koffi.struct('MemoryMap', { first: pointer, root: pointer, count: 'uint64' })
      : koffi.struct('MemoryMap', {
          comparator: 'uint64',
          colour: 'uint64',
          root: pointer,
          first: pointer,
          last: pointer,
          count: 'uint64',
        });
  return engine.llamaLibrary.func(SYMBOL, head, [pointer]) as Breakdown;
}

function walk(engine: Engine, node: Pointer, found: BufferUse[], depth: number): void {
  if (node === null) return;
  if (depth > 16) throw new Error('the memory breakdown has an unknown layout');
  const [left = 0, right = 0] = CHILD_OFFSETS.map((offset) => BigInt(koffi.decode.uint64(node + BigInt(offset))));
  walk(engine, left === 0n ? null : BigInt(left), found, depth + 1);
  const [bufferType = 0n, model, context, compute] = [0, 8, 16, 24].map((offset) =>
    BigInt(koffi.decode.uint64(node + BigInt(VALUE_OFFSET + offset))),
  );
  found.push({
    onHost: engine.ggml.bufferTypeIsHost(bufferType),
    device: engine.ggml.bufferTypeDevice(bufferType),
    model: Number(model),
    context: Number(context),
    compute: Number(compute),
  });
  walk(engine, right === 0n ? null : BigInt(right), found, depth + 1);
}
