import type { GpuDevice } from '../ports/gpu-probe.port.js';

/** Processors that run a model's layers alike: how much of their bandwidth they reach and what a layer costs them. */
export type ProcessorKind =
  | 'blackwell'
  | 'blackwell-unified'
  | 'ada'
  | 'ada-professional'
  | 'ampere'
  | 'ampere-professional'
  | 'hopper'
  | 'ampere-data-centre'
  | 'turing'
  | 'pascal'
  | 'amd'
  | 'apple'
  | 'apple-m1'
  | 'apple-m4'
  | 'intel'
  | 'processor'
  | 'other';

/** First match counts. */
const NVIDIA: readonly (readonly [RegExp, ProcessorKind])[] = [
  [/^(B|H|GH|GB)[23]00|^H100/, 'hopper'],
  [/^A100|^A30$|^V100/, 'ampere-data-centre'],
  [/^GB10/, 'blackwell-unified'],
  [/RTX 50|Blackwell/, 'blackwell'],
  [/^L40S|^L4$/, 'ada-professional'],
  [/RTX 40|Ada$|^L4/, 'ada'],
  [/RTX A\d|^A\d+G?$/, 'ampere-professional'],
  [/RTX 30|RTX 2050|MX570|Orin/, 'ampere'],
  [/RTX 20|GTX 16|Quadro RTX|TITAN RTX|^T4$/, 'turing'],
  [/GTX 10|TITAN X|^P\d/, 'pascal'],
];

/** The kind of a catalogued device. */
export function processorKind(vendor: GpuDevice['vendor'], name: string): ProcessorKind {
  switch (vendor) {
    case 'nvidia':
      return NVIDIA.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
    case 'apple':
      return /^M1\b/.test(name) ? 'apple-m1' : /^M4\b/.test(name) ? 'apple-m4' : vendor;
    case 'amd':
    case 'intel':
      return vendor;
    default:
      return 'other';
  }
}
