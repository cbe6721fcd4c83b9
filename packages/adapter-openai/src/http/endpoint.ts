import { InvalidConfigError } from '@plimsoll/domain';

/** Where a server listens, and how to introduce oneself. */
export interface Endpoint {
  /** Address of the OpenAI-compatible routes, without a slash at the end: `http://localhost:8080/v1`. */
  readonly apiUrl: string;
  /** Its part behind `rootUrl`, such as `/v1`. */
  readonly apiPath: string;
  /** Address of the server's own routes (`/props`, `/version`): the same without its version segment. */
  readonly rootUrl: string;
  /** Value of the Authorization header, or null. Never shown. */
  readonly authorization: string | null;
  /** Texts that must not appear in a message. */
  readonly secrets: readonly string[];
}

/**
 * Reads a base URL as users write it. A bare origin means its `/v1`. A user name and password in the URL
 * become basic authentication and are left out of the addresses; an API key wins over them.
 * @throws InvalidConfigError for something that is no HTTP address, or a key that no header can carry.
 */
export function parseEndpoint(baseUrl: string, apiKey: string | null): Endpoint {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidConfigError('The base URL of the OpenAI-compatible server is not an http or https address.', {
      hint: 'Write it like http://127.0.0.1:8080/v1',
    });
  }
  if (apiKey !== null && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new InvalidConfigError('The API key holds characters that an HTTP header cannot carry.', {
      hint: 'Check the key for spaces, quotes and line breaks.',
    });
  }
  const path = url.pathname.replace(/\/+$/, '');
  const rootUrl = `${url.origin}${path.replace(/\/v\d+$/, '')}`;
  const apiUrl = path === '' ? `${url.origin}/v1` : `${url.origin}${path}`;
  return {
    apiUrl,
    apiPath: apiUrl.slice(rootUrl.length),
    rootUrl,
    authorization: apiKey === null ? basicAuthorization(url) : `Bearer ${apiKey}`,
    secrets: [apiKey, decodeURIComponent(url.password)].filter((text): text is string => text !== null && text !== ''),
  };
}

function basicAuthorization(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
