import type { ModelArchitecture } from '../../model/architecture.js';
import type { LayerShape } from '../../model/layer-shapes.js';
import { metadataNumber } from '../../model/model-header.js';
import { representativeLayers } from './representative-layers.js';
import { ComputeGraph } from './compute-graph.js';
import type { GraphBatch, GraphModel, GraphPlaces } from './graph-model.js';
import { add, cache, getRows, glu, input, like, mul, mulMat, scale, unary, weight } from './operations.js';
import type { Tensor } from './tensor.js';

/** Said inside this folder alone: a file lacks a tensor that its architecture's graph is made of. */
export class MissingTensorError extends Error {}

/** What all graphs are built with: the model's weights and states, the batch's inputs and the usual blocks. */
export class Builder {
  readonly graph = new ComputeGraph();
  readonly model: GraphModel;
  readonly batch: GraphBatch;
  readonly places: GraphPlaces;
  /** The layers that are built. */
  readonly layers: readonly number[];
  readonly #weights = new Map<string, Tensor>();

  constructor(model: GraphModel, batch: GraphBatch, places: GraphPlaces) {
    this.model = model;
    this.batch = batch;
    this.places = places;
    this.layers = representativeLayers(model, places).layers;
  }

  get architecture(): ModelArchitecture {
    return this.model.architecture;
  }

  /** A number of the header; 0 without. */
  setting(key: string): number {
    return metadataNumber(this.model.header, `${this.architecture.name}.${key}`) ?? 0;
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
    const found = weight(name, shape, this.places.weight(name));
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
    return cache(this.places.layer(layer), null, ...shape);
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
  norm(x: Tensor, name: string): Tensor {
    const found = this.find(`${name}.weight`) ?? this.find(name);
    const normed = like('rms_norm', x);
    if (found === null) return normed;
    const layer = /^blk\.(\d+)\./.exec(name)?.[1];
    const isPinned = this.places.holdsAll || this.batch.tokens < 32;
    if (layer !== undefined && isPinned) normed.place = this.places.layer(Number(layer));
    return mul(normed, found);
  }

  /** The embeddings of a batch's tokens. Room for vectors in place of tokens is taken too, which nothing reads. */
  embeddings(): Tensor {
    const { tokens } = this.batch;
    const table = this.need('token_embd.weight');
    let embedded = getRows(table, input('i32', tokens));
    this.graph.expand(embedded);
    this.graph.expand(input('f32', this.architecture.width, tokens));
    if (this.setting('embedding_scale') !== 0) embedded = scale(embedded);
    return this.graph.expand(embedded);
  }

  /** A gated network, or one without a gate, which squares what is positive. */
  network(x: Tensor, [gate, up, down]: readonly [string, string, string]): Tensor {
    const values = this.project(x, up);
    const gated = this.find(`${gate}.weight`) !== null;
    const activated = gated ? glu(this.project(x, gate), values) : like('sqr', unary(values));
    return this.project(activated, down);
  }

  /** The logits, which end the graph; what they are made of is an output too. Those models whose matrix for them is the embedding have a copy of it there. */
  logits(x: Tensor): void {
    x.isKept = true;
    const own = this.find('output.weight');
    const shape = this.model.shapes.get('token_embd.weight') ?? [];
    const matrix = own ?? weight('token_embd.weight', shape, this.places.output);
    const logits = mulMat(matrix, x);
    this.graph.expand(this.setting('logit_scale') === 0 ? logits : scale(logits));
  }
}
