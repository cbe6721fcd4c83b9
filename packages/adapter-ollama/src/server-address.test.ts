import { describe, expect, test } from 'vitest';
import { serverAddress } from './index.js';

// The cases of Ollama's own `envconfig/config_test.go` (TestHost), as a client reaches them.
describe('the address of the server', () => {
  test.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['1.2.3.4', 'http://1.2.3.4:11434'],
    [':1234', 'http://127.0.0.1:1234'],
    ['1.2.3.4:1234', 'http://1.2.3.4:1234'],
    ['[::1]:1337', 'http://[::1]:1337'],
    ['::1', 'http://[::1]:11434'],
    ['example.com', 'http://example.com:11434'],
    ['example.com:1234', 'http://example.com:1234'],
    ['http://example.com', 'http://example.com'],
    ['https://example.com', 'https://example.com'],
    ['https://example.com/ollama/', 'https://example.com/ollama'],
    ['"1.2.3.4"', 'http://1.2.3.4:11434'],
    [' 1.2.3.4 ', 'http://1.2.3.4:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['http://0.0.0.0:11434', 'http://127.0.0.1:11434'],
    ['localhost:11434/', 'http://localhost:11434'],
  ])('%j is %s', (host, address) => {
    expect(serverAddress(host)).toBe(address);
  });

  test.each(['a b', 'host:notaport'])('%j is refused with a hint', (host) => {
    expect(() => serverAddress(host)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  });
});
