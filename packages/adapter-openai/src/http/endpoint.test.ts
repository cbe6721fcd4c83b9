import { describe, expect, test } from 'vitest';
import { parseEndpoint } from './endpoint.js';

describe('parseEndpoint', () => {
  test.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
    ['http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
    ['https://example.org/llm/v1', 'https://example.org/llm/v1', 'https://example.org/llm'],
    ['https://example.org/openai', 'https://example.org/openai', 'https://example.org/openai'],
  ])('%s', (baseUrl, apiUrl, rootUrl) => {
    expect(parseEndpoint(baseUrl, null)).toMatchObject({ apiUrl, rootUrl, authorization: null, secrets: [] });
  });

  test('a name and password in the URL authenticate and are not shown', () => {
    const endpoint = parseEndpoint('http://fox:w%40od@127.0.0.1:8080', null);
    expect(endpoint.authorization).toBe(`Basic ${Buffer.from('fox:w@od').toString('base64')}`);
    expect(endpoint.apiUrl).toBe('http://127.0.0.1:8080/v1');
    expect(endpoint.secrets).toEqual(['w@od']);
  });

  test.each(['', '127.0.0.1:8080', 'ftp://127.0.0.1', 'nonsense'])('refuses %j', (baseUrl) => {
    expect(() => parseEndpoint(baseUrl, null)).toThrow(expect.objectContaining({ code: 'invalid-config' }));
  });

  test('refuses a key that would break the header, without quoting it', () => {
    let caught: unknown;
    try {
      parseEndpoint('http://127.0.0.1', 'sk-4711\n');
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'invalid-config' });
    expect(String(caught)).not.toContain('sk-4711');
  });
});
