/** Whether a request is one of another server's API, not of our own. */
export function isGatewayUrl(url: string): boolean {
  return /^\/(?:(?:v1|api)\/|rerank(?:ing)?(?:\?|$))/.test(url) && !url.startsWith('/api/plimsoll/');
}
