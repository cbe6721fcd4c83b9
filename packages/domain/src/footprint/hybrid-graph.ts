import type { ModelArchitecture } from '../model/architecture.js';
import type { ModelHeader } from '../model/model-header.js';

/** Heads, and values per token of all queries and of all keys. */
export interface HybridAttention {
  readonly heads: number;
  readonly query: number;
  readonly keys: number;
}

/** One layer of a hybrid: attention, a Mamba 2 mixer, both of the same input, or none; then a network, or none. */
export interface HybridLayer {
  readonly attention: HybridAttention | null;
  readonly mixes: boolean;
  /** 0 without a network. */
  readonly feedForward: number;
}

/** Where all tokens but those with logits are left out: before the last network, after its mixers' sum, or at the end. */
export type NarrowsAt = 'mixers' | 'sum' | 'end';

/** What the tensors of a Mamba 2 hybrid are as large as, in 32-bit values: per token where nothing else is said. */
export interface HybridGraph {
  readonly layers: readonly HybridLayer[];
  readonly narrowsAt: NarrowsAt;
  readonly width: number;
  readonly vocabulary: number;
  readonly projected: number;
  readonly convolved: number;
  readonly inner: number;
  readonly timeSteps: number;
  /** Per sequence. */
  readonly convolutionState: number;
  readonly state: number;
  /** Whether the mixer's result is normed. */
  readonly norms: boolean;
  readonly rotates: boolean;
  readonly gated: boolean;
}

/** Architectures whose graph is known. Sources: llama.cpp v0.5.0 `src/models/{granite-hybrid,falcon-h1,nemotron-h}.cpp`. */
const NARROWS_AT: Readonly<Record<string, NarrowsAt>> = {
  granitehybrid: 'mixers',
  'falcon-h1': 'sum',
  nemotron_h: 'end',
};

/** The graph of a hybrid of attention and Mamba 2 without experts; null for all other models. */
export function hybridGraph(architecture: ModelArchitecture, header: ModelHeader): HybridGraph | null {
  const { name, recurrent, experts, layerShapes, predictionLayers } = architecture;
  const narrowsAt = Object.hasOwn(NARROWS_AT, name) ? NARROWS_AT[name] : undefined;
  const find = (ending: string): readonly number[] =>
    header.tensors.find((tensor) => tensor.name.endsWith(ending))?.shape ?? [];
  const [projected, convolved] = [find('.ssm_in.weight')[1], find('.ssm_conv1d.weight')[1]];
  const [inner, timeSteps] = [find('.ssm_out.weight')[0], find('.ssm_dt.bias')[0]];
  if (narrowsAt === undefined || recurrent === null || experts !== null || predictionLayers > 0) return null;
  if (projected === undefined || convolved === undefined || inner === undefined || timeSteps === undefined) return null;
  return {
    layers: layerShapes.map(({ mixer, heads, kvHeads, keyLength, feedForward }) => ({
      attention:
        mixer === 'attention' || mixer === 'both'
          ? { heads, query: heads * keyLength, keys: kvHeads * keyLength }
          : null,
      mixes: mixer === 'recurrent' || mixer === 'both',
      feedForward: narrowsAt === 'end' && mixer !== 'none' ? 0 : feedForward,
    })),
    narrowsAt,
    width: architecture.width,
    vocabulary: architecture.vocabulary,
    projected,
    convolved,
    inner,
    timeSteps,
    convolutionState: recurrent.convolutionValues,
    state: recurrent.stateValues,
    norms: find('.ssm_norm.weight').length > 0,
    rotates:
      narrowsAt === 'sum' ||
      (narrowsAt === 'mixers' && header.metadata.get(`${name}.rope.scaling.finetuned`) !== false),
    gated: find('.ffn_gate.weight').length > 0,
  };
}
