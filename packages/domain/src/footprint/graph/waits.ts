import { isViewOnly } from './tensor.js';
import type { Tensor } from './tensor.js';

/**
 * Of each operation, which of the `distance` before it it has to wait for: what it is computed from, what lies in the same
 * memory, and, unless one of both is a view, what writes to where it reads or reads where it writes.
 * Source: llama.cpp v0.5.0 `ggml/src/ggml-vulkan/ggml-vulkan.cpp`, `ggml_vk_graph_optimize`.
 */
export function waitsOf(nodes: readonly Tensor[], distance: number): readonly (readonly number[])[] {
  const within = new Map<Tensor, number[]>();
  const readers = new Map<Tensor, number[]>();
  return nodes.map((node, index) => {
    const found: number[] = [];
    const first = index - distance;
    const computes = !isViewOnly(node);
    const own = root(node);
    addRecent(found, within.get(own), first);
    if (computes) addRecent(found, readers.get(own), first);
    for (const source of node.sources) {
      const lies = root(source);
      addRecent(found, within.get(lies), first, (before) => {
        const earlier = nodes[before];
        return earlier === source || (computes && earlier !== undefined && !isViewOnly(earlier));
      });
      if (computes) note(readers, lies, index);
    }
    note(within, own, index);
    return found;
  });
}

const root = (tensor: Tensor): Tensor => tensor.base ?? tensor;

function addRecent(
  found: number[],
  from: readonly number[] | undefined,
  first: number,
  counts?: (before: number) => boolean,
): void {
  if (from === undefined) return;
  for (let last = from.length - 1; last >= 0; last -= 1) {
    const before = from[last] as number;
    if (before < first) return;
    if (counts?.(before) !== false) found.push(before);
  }
}

function note(numbers: Map<Tensor, number[]>, tensor: Tensor, index: number): void {
  const known = numbers.get(tensor);
  if (known === undefined) numbers.set(tensor, [index]);
  else known.push(index);
}
