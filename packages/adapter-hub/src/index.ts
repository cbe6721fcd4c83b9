export { HuggingFaceHub } from './huggingface/hugging-face-hub.js';
export type { HuggingFaceHubOptions } from './huggingface/hugging-face-hub.js';
export { OllamaLibrary } from './ollama-library/ollama-library.js';
export type { OllamaLibraryOptions } from './ollama-library/ollama-library.js';
