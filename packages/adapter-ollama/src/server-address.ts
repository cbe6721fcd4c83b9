import { InvalidInputError } from '@plimsoll/domain';

const DEFAULT_PORT = '11434';

/**
 * The URL to reach a server at, from what `OLLAMA_HOST` may hold, by Ollama's own rules: `http` and `https` default
 * to ports 80 and 443, anything without a scheme to 11434. A server told to listen everywhere (`0.0.0.0`, `::`) is
 * reached on the loopback address. No slash at the end.
 *
 * @throws InvalidInputError when it is no address.
 */
export function serverAddress(host: string | undefined): string {
  const text = (host ?? '').trim().replace(/^["']|["']$/g, '');
  const scheme = /^(https?):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
  const rest = text.replace(/^https?:\/\//i, '');
  const isBareIpV6 = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(rest);
  const named = rest === '' || /^[:/]/.test(rest) ? `127.0.0.1${rest}` : rest;
  const authority = isBareIpV6 ? `[${rest}]` : named;
  let url: URL;
  try {
    url = new URL(`${scheme ?? 'http'}://${authority}`);
  } catch (cause) {
    throw new InvalidInputError(`"${text}" is no address of an Ollama server.`, {
      cause,
      hint: 'Write it as http://127.0.0.1:11434.',
    });
  }
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  if (url.port === '' && scheme === null && !/:\d+(?:\/|$)/.test(authority)) url.port = DEFAULT_PORT;
  return url.href.replace(/\/+$/, '');
}
