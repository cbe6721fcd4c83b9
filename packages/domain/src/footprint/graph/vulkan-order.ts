import type { Reordered } from './schedule.js';
import { isViewOnly } from './tensor.js';
import type { Operation, Tensor } from './tensor.js';
import { waitsOf } from './waits.js';
import { CHOICES, FUSED, FUSED_APART, KEPT, PATTERNS } from './vulkan-fusions.js';

/**
 * The order in which llama.cpp's Vulkan backend computes: it looks ahead for operations that depend on nothing that is
 * still to be computed, and keeps together what it can fuse. More is alive at once then.
 * Source: llama.cpp v0.5.0 `ggml/src/ggml-vulkan/ggml-vulkan.cpp`, `ggml_vk_graph_optimize`.
 */
export function vulkanOrder(nodes: readonly Tensor[]): Reordered {
  const walk = new VulkanWalk(nodes, waitsOf(nodes, LOOK_AHEAD));
  walk.run();
  return { nodes: walk.order.map((index) => at(nodes, index)), keep: walk.keep };
}

const LOOK_AHEAD = 20;
const NEAR = 15;

const at = (nodes: readonly Tensor[], index: number): Tensor => nodes[index] as Tensor;

class VulkanWalk {
  readonly order: number[] = [];
  readonly keep = new Map<Tensor, Tensor[]>();
  readonly #nodes: readonly Tensor[];
  readonly #used: Uint8Array;
  /** Of each node, those just before it that it has to wait for. */
  readonly #waits: readonly (readonly number[])[];
  readonly #readers = new Map<Tensor, number>();
  readonly #computed = new Set<Tensor>();
  #next = 0;

  constructor(nodes: readonly Tensor[], waits: readonly (readonly number[])[]) {
    this.#nodes = nodes;
    this.#waits = waits;
    this.#used = new Uint8Array(nodes.length);
  }

  run(): void {
    while (this.#next < this.#nodes.length) {
      if (PATTERNS.has(at(this.#nodes, this.#next).operation)) {
        if (CHOICES.some((pattern) => this.#keepChoice(pattern))) continue;
        if (KEPT.some((pattern) => this.#keepTogether(pattern))) continue;
      }
      const set = [this.#next];
      this.#addReal(set);
      if (at(this.#nodes, set.at(-1) ?? 0).operation !== 'add') this.#addViews(set);
      this.#push(set);
    }
  }

  #push(set: readonly number[]): void {
    for (const index of set) {
      this.order.push(index);
      this.#used[index] = 1;
      this.#computed.add(at(this.#nodes, index));
    }
    while (this.#next < this.#nodes.length && this.#used[this.#next] === 1) this.#next += 1;
  }

  #matches(pattern: readonly Operation[], start: number): boolean {
    if (start + pattern.length > this.#nodes.length) return false;
    for (let offset = 0; offset < pattern.length; offset += 1) {
      if (at(this.#nodes, start + offset).operation !== pattern[offset] || this.#used[start + offset] === 1)
        return false;
    }
    return true;
  }

  #keepTogether(pattern: readonly Operation[]): boolean {
    if (!this.#matches(pattern, this.#next)) return false;
    this.#push(pattern.map((_, offset) => this.#next + offset));
    return true;
  }

  #keepChoice(pattern: readonly Operation[]): boolean {
    const start = this.#next;
    if (!this.#matches(pattern, start)) return false;
    let last = start + pattern.length - 1;
    if (this.#nodes[last + 1]?.operation === 'scale') last += 1;
    const until = at(this.#nodes, last);
    const seen = new Set<Tensor>();
    const kept = this.keep.get(until) ?? [];
    this.keep.set(until, kept);
    for (let index = start; index < start + pattern.length; index += 1) {
      const node = at(this.#nodes, index);
      for (const source of node.sources) {
        if (!seen.has(source)) kept.push(source);
        seen.add(source);
      }
      seen.add(node);
    }
    return this.#keepTogether(pattern);
  }

  /** Adds operations ahead that nothing holds back. */
  #addReal(set: number[]): void {
    const end = Math.min(this.#next + LOOK_AHEAD, this.#nodes.length);
    for (let index = this.#next + 1; index < end; index += 1) {
      const node = at(this.#nodes, index);
      if (this.#used[index] === 1 || isViewOnly(node)) continue;
      if (PATTERNS.get(node.operation)?.some((pattern) => this.#matches(pattern, index)) === true) continue;
      if (!this.#isFree(index, set.at(-1) ?? 0)) continue;
      set.push(index);
      this.#pullFusable(index, set);
    }
  }

  #isFree(index: number, last: number): boolean {
    for (const before of this.#waits[index] ?? []) {
      if (before < this.#next || this.#used[before] === 1) continue;
      if (before !== last || !this.#isFusedWith(index, before)) return false;
    }
    return true;
  }

  #isFusedWith(index: number, before: number): boolean {
    const pair = `${at(this.#nodes, before).operation} ${at(this.#nodes, index).operation}`;
    return (index === before + 1 && FUSED.has(pair)) || (FUSED_APART.has(pair) && this.#onlyViews(before + 1, index));
  }

  #onlyViews(from: number, to: number): boolean {
    for (let index = from; index < to; index += 1) {
      if (this.#used[index] !== 1 && !isViewOnly(at(this.#nodes, index))) return false;
    }
    return true;
  }

  /** Adds views of what is computed. */
  #addViews(set: number[]): void {
    const end = Math.min(this.#next + LOOK_AHEAD, this.#nodes.length);
    for (let index = this.#next + 1; index < end; index += 1) {
      const node = at(this.#nodes, index);
      if (this.#used[index] === 1 || !isViewOnly(node)) continue;
      const isFree = (this.#waits[index] ?? []).every(
        (before) => before < this.#next || this.#used[before] === 1 || set.includes(before),
      );
      if (isFree) set.push(index);
    }
  }

  /** Adds what is fused with the operation just added. */
  #pullFusable(index: number, set: number[]): void {
    const node = at(this.#nodes, index);
    const before = this.#nodes[index - 1]?.operation;
    let last = index;
    if (node.operation === 'mul' && before === 'rms_norm') {
      last =
        this.#pull(set, index, ({ operation, sources: [first, ...more] }) => {
          return operation === 'rope' && first === node && more.every((source) => source.operation === 'none');
        }) ?? index;
    }
    const { operation } = at(this.#nodes, last);
    if (operation === 'rope' || operation === 'rms_norm') this.#pullWrite(last, set);
    if (node.operation === 'add_id' && before === 'mul_mat_id') {
      this.#pull(set, index, ({ operation: found, sources: [first, second] }) => {
        return found === 'mul' && first === node && second !== undefined && this.#isThere(second);
      });
    }
    if (node.operation === 'add' && before === 'mul_mat') {
      this.#pull(set, index, ({ operation: found, sources: [first, second] }) => {
        return found === 'add' && first === node && second !== undefined && this.#isThere(second);
      });
    }
    if (node.operation === 'add' && before === 'ssm_conv') {
      this.#pull(set, index, ({ operation: found, sources: [first] }) => found === 'unary' && first === node);
    }
    if (node.operation === 'unary') {
      this.#pull(set, index, ({ operation: found, sources }) => {
        const other = sources[0] === node ? sources[1] : sources[0];
        return found === 'mul' && sources.includes(node) && other !== undefined && this.#isThere(other);
      });
    }
  }

  /** How many nodes read a result. */
  #uses(tensor: Tensor): number {
    if (this.#readers.size === 0) {
      for (const { sources } of this.#nodes) {
        for (const source of sources) this.#readers.set(source, (this.#readers.get(source) ?? 0) + 1);
      }
    }
    return this.#readers.get(tensor) ?? 0;
  }

  #isThere(tensor: Tensor): boolean {
    return tensor.operation === 'none' || this.#computed.has(tensor);
  }

  #pull(set: number[], index: number, fits: (tensor: Tensor) => boolean): number | null {
    const end = Math.min(index + NEAR, this.#nodes.length);
    for (let found = index + 1; found < end; found += 1) {
      if (!fits(at(this.#nodes, found))) continue;
      set.push(found);
      this.#used[found] = 1;
      return found;
    }
    return null;
  }

  /** Adds the view of a result and its way into a cache. */
  #pullWrite(index: number, set: number[]): void {
    const node = at(this.#nodes, index);
    const end = Math.min(index + NEAR, this.#nodes.length);
    let viewed = -1;
    let written = -1;
    for (let found = index + 1; found < end && written < 0; found += 1) {
      if (this.#used[found] === 1) continue;
      const { operation, sources } = at(this.#nodes, found);
      if (viewed < 0 && operation === 'view' && sources[0] === node) viewed = found;
      else if (viewed >= 0 && operation === 'set_rows' && sources[0] === this.#nodes[viewed]) written = found;
    }
    if (written < 0) return;
    if (this.#uses(node) > 1 || this.#uses(at(this.#nodes, viewed)) > 1) return;
    const waits = this.#waits[written] ?? [];
    for (let between = index + 1; between < written; between += 1) {
      const other = at(this.#nodes, between);
      if (this.#used[between] !== 1 && between !== viewed && !isViewOnly(other) && waits.includes(between)) return;
    }
    set.push(viewed, written);
    this.#used[viewed] = 1;
    this.#used[written] = 1;
  }
}
