import { describe, expect, it } from 'vitest';
import { ollamaBaseUrl } from './ollama-host.js';

describe('ollamaBaseUrl', () => {
  // Rules: Ollama's envconfig.Host (default port by scheme) and what a client must do with a listening address.
  it.each([
    ['127.0.0.1:11434', 'http://127.0.0.1:11434'],
    ['192.168.1.5', 'http://192.168.1.5:11434'],
    ['example.com:80', 'http://example.com'],
    [':8080', 'http://127.0.0.1:8080'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['[::]:11434', 'http://[::1]:11434'],
    ['http://localhost:11434/', 'http://localhost:11434'],
    ['http://example.com', 'http://example.com'],
    ['https://example.com/ollama', 'https://example.com/ollama'],
    [' localhost ', 'http://localhost:11434'],
  ])('reads %j as %j', (text, url) => expect(ollamaBaseUrl(text)).toBe(url));

  it.each(['', 'ftp://x', 'http://', 'a b'])('refuses %j', (text) => expect(ollamaBaseUrl(text)).toBeNull());
});
