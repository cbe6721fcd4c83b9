/** Shape of the model to make up. */
export interface GeneratedModel {
  /** Path of the GGUF file whose tokenizer is taken over. */
  readonly tokenizerOf: string;
  readonly layers: number;
  /** A multiple of 64. */
  readonly width: number;
  readonly feedForward: number;
}

/** Writes a Llama of random weights; gives its number of parameters. */
export function writeGeneratedModel(file: string, model: GeneratedModel): Promise<number>;
