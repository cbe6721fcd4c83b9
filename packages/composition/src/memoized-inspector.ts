import {
  formatModelReference,
  type CallOptions,
  type InspectedModel,
  type ModelInspector,
  type ModelReference,
  throwIfCancelled,
} from '@plimsoll/domain';

/** Reads each header once, for the length of one plan: nothing changes underneath. What failed is tried again. */
export class MemoizedInspector implements ModelInspector {
  readonly #inspector: ModelInspector;
  readonly #answers = new Map<string, Promise<InspectedModel>>();

  constructor(inspector: ModelInspector) {
    this.#inspector = inspector;
  }

  supports(reference: ModelReference): boolean {
    return this.#inspector.supports(reference);
  }

  async inspect(reference: ModelReference, options?: CallOptions): Promise<InspectedModel> {
    throwIfCancelled(options?.signal, 'Reading the model was cancelled.');
    const key = formatModelReference(reference);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#inspector.inspect(reference, options);
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }
}
