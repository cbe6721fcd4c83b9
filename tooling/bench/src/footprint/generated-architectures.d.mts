/** Names of those that keep their context each in a way of its own. */
export declare const GENERATED_ARCHITECTURES: readonly string[];

/** Writes a model of one of these, or of `mimo2`, with random F16 weights and the tokenizer of another model. */
export declare function writeGenerated(
  file: string,
  name: string,
  options: { readonly tokenizerOf: string },
): Promise<void>;
