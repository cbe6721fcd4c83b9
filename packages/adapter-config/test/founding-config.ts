/** The founding project's config.json, as its documentation shows it. */
export const FOUNDING_CONFIG: string = `{
  "ai": {
    "llm_provider": "ollama",
    "llm_model": "llama3.1:8b-instruct",
    "ollama_host": "http://localhost:11434",
    "enable_quantization": true,
    "quantization_bits": 8,
    "gpu_memory_limit_mb": 6144
  }
}
`;
