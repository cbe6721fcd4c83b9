/** More than any model has: larger values are damage, not ambition. llama.cpp itself takes at most 512 layers. */
export const MOST_LAYERS = 1024;
export const MOST_HEADS = 65_536;
export const MOST_WIDTH = 1_048_576;
export const MOST_TOKENS = 1_073_741_824;
