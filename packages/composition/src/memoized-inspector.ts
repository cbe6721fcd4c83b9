import {
  formatModelReference,
  type CallOptions,
  type InspectedModel,
  type ModelInspector,
  type ModelReference,
} from '@plimsoll/domain';

/** Reads each header once, for the length of one plan: nothing changes underneath. */
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
    const key = formatModelReference(reference);
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#inspector.inspect(reference, options);
      this.#answers.set(key, answer);
    }
    return answer;
  }
}
