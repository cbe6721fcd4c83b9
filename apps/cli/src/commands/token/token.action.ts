import { createHash, randomBytes } from 'node:crypto';
import { openConfig } from '@plimsoll/composition';
import { tokenDocument } from '@plimsoll/contract';
import type { TokensDocument } from '@plimsoll/contract';
import { InvalidInputError } from '@plimsoll/domain';
import type { AccessToken, ConfigStore } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import type { CommonFlags } from '../define-command.js';
import type { TokenAddFlags } from './token.flags.js';

const TOKEN_BYTES = 32;

const open = ({ env }: CommandContext, { config }: CommonFlags): ConfigStore =>
  openConfig({ environment: env, path: config, requireFile: false });

/** `plimsoll token add`. The token is printed once and kept nowhere. */
export async function tokenAdd(context: CommandContext, name: string, flags: TokenAddFlags): Promise<number> {
  const store = open(context, flags);
  const { accessTokens } = (await store.load()).settings;
  if (!/^[\w.-]{1,64}$/.test(name)) {
    throw new InvalidInputError(`"${name}" is not a name for a token.`, {
      hint: 'Use up to 64 letters, digits, dots, dashes and underscores.',
    });
  }
  if (accessTokens.some((token) => token.name === name)) {
    throw new InvalidInputError(`There is a token "${name}" already.`, {
      hint: `Choose another name, or remove it first: plimsoll token remove ${name}`,
    });
  }
  const token = `plim_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const added: AccessToken = {
    name,
    sha256: createHash('sha256').update(token).digest('hex'),
    scopes: flags.scope ?? ['infer', 'read'],
    priority: flags.priority ?? 'normal',
    requestsPerMinute: flags.perMinute ?? null,
    concurrent: flags.concurrent ?? null,
  };
  const document = await save(store, [...accessTokens, added], token);
  context.output.result(
    document,
    () => `${token}\n\nSend it as "Authorization: Bearer …". It is not kept anywhere: copy it now.`,
  );
  return EXIT.done;
}

/** `plimsoll token list`. */
export async function tokenList(context: CommandContext, flags: CommonFlags): Promise<number> {
  const { settings, path } = await open(context, flags).load();
  const document = describe(path, settings.accessTokens, null);
  context.output.result(document, ({ tokens }) =>
    tokens.length === 0
      ? 'There are no tokens: whoever reaches the server may use it.'
      : tokens.map((token) => `${token.name}  ${token.scopes.join(', ')}  ${limitsOf(token)}`.trimEnd()).join('\n'),
  );
  return EXIT.done;
}

/** `plimsoll token remove`. */
export async function tokenRemove(context: CommandContext, name: string, flags: CommonFlags): Promise<number> {
  const store = open(context, flags);
  const { accessTokens } = (await store.load()).settings;
  const kept = accessTokens.filter((token) => token.name !== name);
  if (kept.length === accessTokens.length) {
    const names = accessTokens.map((token) => token.name).join(', ');
    throw new InvalidInputError(`There is no token "${name}".`, {
      hint: names === '' ? 'There are none.' : `There are: ${names}.`,
    });
  }
  context.output.result(await save(store, kept, null), () => `${name} is refused from now on.`);
  return EXIT.done;
}

async function save(
  store: ConfigStore,
  accessTokens: readonly AccessToken[],
  token: string | null,
): Promise<TokensDocument> {
  const { settings, path } = await store.save({ accessTokens });
  return describe(path, settings.accessTokens, token);
}

const describe = (file: string, tokens: readonly AccessToken[], token: string | null): TokensDocument => ({
  schema: 'plimsoll.tokens/1',
  file,
  token,
  tokens: tokens.map(tokenDocument),
});

function limitsOf({ priority, requestsPerMinute, concurrent }: TokensDocument['tokens'][number]): string {
  return [
    ...(priority === 'normal' ? [] : [`${priority} priority`]),
    ...(requestsPerMinute === null ? [] : [`${requestsPerMinute} a minute`]),
    ...(concurrent === null ? [] : [`${concurrent} at once`]),
  ].join(', ');
}
