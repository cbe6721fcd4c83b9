import type { ModelArchitecture } from '../../model/architecture.js';
import type { LayerShape } from '../../model/layer-shapes.js';
import { metadataNumber } from '../../model/model-header.js';
import { ComputeGraph } from './compute-graph.js';
import type { GraphBatch, GraphModel, GraphPlaces } from './graph-model.js';
import {
  add,
  capped,
  getRows,
  glu,
  gluOfHalves,
  input,
  like,
  mul,
  mulMat,
  pad,
  scale,
  state,
  unary,
  view,
  weight,
} from './operations.js';
import type { Tensor } from './tensor.js';

/** Said inside this folder alone: a file lacks a tensor that its architecture's graph is made of. */
export class MissingTensorError extends Error {}

/** Those of long and of short contexts are of one size. Source: llama.cpp v0.5.0 `src/llama-model.cpp`, `get_rope_factors`. */
const ROTATION_FACTORS = ['rope_freqs.weight', 'rope_factors_long.weight', 'rope_factors_short.weight'];

/** Models whose norms take the mean off. Source: llama.cpp v0.5.0 `src/models/`, `LLM_NORM`. */
const CENTERED: ReadonlySet<string> = new Set(['cohere2', 'command-r', 'nemotron', 'stablelm', 'starcoder2']);

/** What all graphs are built with: the model's weights and states, the batch's inputs and the usual blocks. */
export class Builder {
  readonly graph = new ComputeGraph();
  readonly model: GraphModel;
  readonly batch: GraphBatch;
  readonly places: GraphPlaces;
  /** The layers that are built. */
  readonly layers: readonly number[];
  readonly #weights = new Map<string, Tensor>();
  readonly #factors = new Map<number, Tensor>();

  constructor(model: GraphModel, batch: GraphBatch, places: GraphPlaces, layers: readonly number[]) {
    this.model = model;
    this.batch = batch;
    this.places = places;
    this.layers = layers;
  }

  get architecture(): ModelArchitecture {
    return this.model.architecture;
  }

  /** A number of the header; 0 without. */
  setting(key: string): number {
    return metadataNumber(this.model.header, `${this.architecture.name}.${key}`) ?? 0;
  }

  /** Whether the header says yes. */
  flag(key: string): boolean {
    return this.model.header.metadata.get(`${this.architecture.name}.${key}`) === true;
  }

  layer(index: number): LayerShape {
    const shape = this.architecture.layerShapes[index];
    if (shape === undefined) throw new MissingTensorError(`layer ${String(index)}`);
    return shape;
  }

  /** A weight by name, null when the model has none of that name. */
  find(name: string): Tensor | null {
    const known = this.#weights.get(name);
    if (known !== undefined) return known;
    const shape = this.model.shapes.get(name);
    if (shape === undefined) return null;
    const found = weight(this.model.keyOf(name), shape, this.places.weight(name));
    this.#weights.set(name, found);
    return found;
  }

  /** @throws MissingTensorError */
  need(name: string): Tensor {
    const found = this.find(name);
    if (found === null) throw new MissingTensorError(name);
    return found;
  }

  /** States of a recurrent layer. */
  states(layer: number, ...shape: readonly number[]): Tensor {
    return state(this.places.layer(layer), ...shape);
  }

  /** Times a matrix of the layer, and its bias if there is one. */
  project(x: Tensor, name: string): Tensor {
    const result = mulMat(this.need(`${name}.weight`), x);
    const bias = this.find(`${name}.bias`);
    return bias === null ? result : add(result, bias);
  }

  /**
   * Norms stay with their layer where the engine would move them otherwise.
   * Source: llama.cpp v0.5.0 `src/llama-context.cpp`, `graph_get_cb`.
   */
  norm(x: Tensor, name: string, staysWithLayer = true): Tensor {
    const found = this.find(`${name}.weight`) ?? this.find(name);
    const normed = like(CENTERED.has(this.architecture.name) ? 'norm' : 'rms_norm', x);
    if (found === null) return normed;
    const layer = staysWithLayer ? /^blk\.(\d+)\./.exec(name)?.[1] : undefined;
    const isPinned = this.places.holdsAll || this.batch.tokens < 32;
    if (layer !== undefined && isPinned) normed.place = this.places.layer(Number(layer));
    const scaled = mul(normed, found);
    const bias = this.find(`${name}.bias`);
    return bias === null ? scaled : add(scaled, bias);
  }

  /** The same where the file has such a norm. */
  normIfThere(x: Tensor, name: string): Tensor {
    return this.find(`${name}.weight`) === null ? x : this.norm(x, name);
  }

  /** What a layer adds to what goes around it, scaled where the file says by how much. */
  scaledBranch(x: Tensor): Tensor {
    return this.setting('residual_scale') === 0 ? x : scale(x);
  }

  /**
   * The embeddings of a batch's tokens. Room for vectors in place of tokens is taken too, which nothing reads. Models that see
   * pictures in several layers have room for what each of these adds, beside what tokens are embedded to.
   */
  embeddings(): Tensor {
    const { tokens } = this.batch;
    const { width } = this.architecture;
    const wide = width * (1 + this.setting('n_deepstack_layers'));
    const found = getRows(this.need('token_embd.weight'), input('i32', tokens));
    const all = this.graph.expand(wide > width ? pad(found, wide) : found);
    this.graph.expand(input('f32', wide, tokens));
    const own = wide > width ? view(all, [width, tokens], all.strides) : all;
    return this.graph.expand(this.setting('embedding_scale') === 0 ? own : scale(own));
  }

  /** A network whose gate has a matrix of its own or half of that of the values, or which has none and squares what is positive. */
  network(x: Tensor, [gate, up, down]: readonly [string, string, string]): Tensor {
    const values = this.project(x, up);
    const isFused = values.shape[0] === 2 * this.need(`${down}.weight`).shape[0];
    const hasGate = this.find(`${gate}.weight`) !== null;
    const activated = isFused
      ? gluOfHalves(values)
      : hasGate
        ? glu(this.project(x, gate), values)
        : this.architecture.name === 'starcoder2'
          ? unary(values)
          : like('sqr', unary(values));
    return this.project(activated, down);
  }

  /** Factors of the rotation by position, of which each place with layers has its own; null without. */
  rotationFactors(layer: number): Tensor | null {
    const name = ROTATION_FACTORS.find((each) => this.model.shapes.has(each));
    const shape = name === undefined ? undefined : this.model.shapes.get(name);
    if (name === undefined || shape === undefined) return null;
    const place = this.places.layer(layer);
    const known = this.#factors.get(place) ?? weight(name, shape, place);
    this.#factors.set(place, known);
    return known;
  }

  /** The logits, which end the graph; what they are made of is an output too. Those models whose matrix for them is the embedding have a copy of it there. */
  logits(x: Tensor): void {
    x.isKept = true;
    const own = this.find('output.weight');
    const shape = this.model.shapes.get('token_embd.weight') ?? [];
    const matrix = own ?? weight('token_embd.weight', shape, this.places.output);
    const made = mulMat(matrix, x);
    const bias = this.find('output.bias');
    const logits = bias === null ? made : add(made, bias);
    const caps = this.architecture.name === 'gemma2' || this.setting('final_logit_softcapping') !== 0;
    this.graph.expand(caps ? capped(logits) : this.setting('logit_scale') === 0 ? logits : scale(logits));
  }
}
