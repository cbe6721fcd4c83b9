/** A function that a model may ask for. */
export interface Tool {
  readonly name: string;
  readonly description: string | null;
  /** A JSON Schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A model's wish to have a tool run. */
export interface ToolCall {
  /** Unique within the conversation; the tool's answer refers to it. */
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Whether tools are called: as the model likes, not at all, at least one, or the one that is named. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };
