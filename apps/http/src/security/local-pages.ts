import { hostName, isLoopback } from './loopback.js';

/** Schemes of programs on this machine whose windows are pages. */
const PROGRAMS =
  /^(?:app|file|tauri|vscode-webview|vscode-file|chrome-extension|moz-extension|safari-web-extension):\/\//;

/**
 * Whether a page may use the APIs of other servers that are spoken here: pages of this machine and windows of its
 * programs, which is what Ollama allows when nobody says otherwise (`envconfig/config.go`), browser extensions beside.
 */
export function isLocalPage(origin: string): boolean {
  if (PROGRAMS.test(origin)) return true;
  if (!/^https?:\/\//.test(origin)) return false;
  const host = hostName(origin);
  return host !== null && (isLoopback(host) || host === '0.0.0.0');
}
