import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { STAMP_FILE, fileName, peersDirectory } from './recipe.mjs';

export { OLLAMA_VERSIONS, locateOllama } from './ollama-recipe.mjs';
export { llamaTemplates } from './llama-templates.mjs';
export { startOllama } from './ollama-server.mjs';
export { peerSays } from './peer-says.mjs';
export { shippedPeer } from './shipped-peer.mjs';
export { peersDirectory };

/**
 * The path of a built llama.cpp program, or null when `npm run peers` has not
 * made it on this machine. A folder named by `PLIMSOLL_PEERS_DIR` may be a
 * build of your own and needs no stamp.
 *
 * @param {string} name such as `llama-server`
 * @returns {string | null}
 */
export function locatePeer(name) {
  const directory = peersDirectory();
  const program = join(directory, fileName(name));
  const trusted = Boolean(process.env.PLIMSOLL_PEERS_DIR) || existsSync(join(directory, STAMP_FILE));
  return trusted && existsSync(program) ? program : null;
}
