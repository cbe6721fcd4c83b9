import type { GovernorDocument, GovernorLogDocument } from '@plimsoll/contract';
import { governorLogSchema, governorSchema } from '@plimsoll/contract/schemas';
import { BackendFailedError, BackendUnreachableError, InvalidInputError } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import { withPlimsoll } from '../with-plimsoll.js';
import type { GovernorAction, GovernorFlags } from './governor.flags.js';
import { renderGovernor, renderGovernorLog } from './governor.render.js';

const LIMIT_MS = 10_000;

/** `plimsoll governor`, but for its simulator: asks the server that is running. */
export async function governor(
  context: CommandContext,
  action: Exclude<GovernorAction, 'simulate'>,
  name: string | undefined,
  flags: GovernorFlags,
): Promise<number> {
  const { output } = context;
  const address = await serverAddress(context, flags);
  if (action === 'log') {
    const log = governorLogSchema.parse(await ask(context, `${address}/log`));
    output.result(log, (shown: GovernorLogDocument) => renderGovernorLog(shown, output.style, output.width));
    return EXIT.done;
  }
  const change = changeOf(action, name, flags);
  const state = governorSchema.parse(await ask(context, address, change));
  output.result(state, (shown: GovernorDocument) => renderGovernor(shown, output.style, output.width));
  return EXIT.done;
}

/** What is put to the server; null only asks. @throws InvalidInputError */
function changeOf(
  action: Exclude<GovernorAction, 'simulate' | 'log'>,
  name: string | undefined,
  flags: GovernorFlags,
): object | null {
  if (action === 'status') return null;
  if (action !== 'pin' && action !== 'unpin') return { mode: action };
  if (name === undefined) {
    throw new InvalidInputError(`Which model is to be ${action}ned?`, {
      hint: `Name it: plimsoll governor ${action} MODEL. Those that are served: plimsoll governor`,
    });
  }
  return { pin: { model: name, to: action === 'unpin' ? 'none' : flags.loaded === true ? 'loaded' : 'point' } };
}

async function serverAddress(context: CommandContext, flags: GovernorFlags): Promise<string> {
  const path = '/api/plimsoll/v1/governor';
  if (flags.url !== undefined) {
    if (URL.canParse(flags.url) && /^https?:/.test(flags.url)) return new URL(path, flags.url).href;
    throw new InvalidInputError(`--url takes an address such as http://127.0.0.1:11435, not ${flags.url}`);
  }
  return withPlimsoll(context, flags, async ({ loaded }) => {
    const { host, port } = loaded.settings.http;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  });
}

async function ask({ env, signal }: CommandContext, url: string, change: object | null = null): Promise<unknown> {
  const token = env['PLIMSOLL_HTTP_TOKEN'];
  const answer = await send(url, {
    method: change === null ? 'GET' : 'PUT',
    ...(change === null ? {} : { body: JSON.stringify(change) }),
    headers: token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text) as unknown;
  const { message, hint } = readError(text);
  if (answer.status === 400 && message !== null) {
    throw new InvalidInputError(message, { hint: hint ?? 'Models that are served: plimsoll governor' });
  }
  throw new BackendFailedError(message ?? `The server answered with HTTP ${answer.status}.`, { hint });
}

async function send(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (cause) {
    if (request.signal?.aborted === true) throw cause;
    throw new BackendUnreachableError(`No server answers at ${new URL(url).origin}.`, {
      hint: 'Start it with: plimsoll serve --backend embedded. Or name another with --url',
      cause,
    });
  }
}

function readError(text: string): { readonly message: string | null; readonly hint: string | undefined } {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; hint?: unknown } };
    return {
      message: typeof error?.message === 'string' ? error.message : null,
      hint: typeof error?.hint === 'string' ? error.hint : undefined,
    };
  } catch {
    return { message: null, hint: undefined };
  }
}
