const DEFAULT_PORT = 11434;

/**
 * The base URL that an `OLLAMA_HOST` value means, or null when it means none. As Ollama reads it: the scheme may be
 * missing (then the port is 11434 unless given), `http://` alone means port 80 and `https://` 443. An address to
 * listen on everywhere (`0.0.0.0`, `[::]` or nothing before the port) is reached on the loopback.
 */
export function ollamaBaseUrl(text: string): string | null {
  const value = text.trim();
  const schemed = /^[a-z][a-z0-9+.-]*:\/\//iu.test(value);
  const bare = value.startsWith(':') ? `127.0.0.1${value}` : value;
  const address = schemed ? value : `http://${bare}`;
  if (value === '' || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  if (!schemed && url.port === '' && !/:80(\/|$)/u.test(bare)) url.port = String(DEFAULT_PORT);
  return url.href.replace(/\/+$/u, '');
}
