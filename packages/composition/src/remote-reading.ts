import { InvalidConfigError } from '@plimsoll/domain';
import type { HubModuleOptions } from '@plimsoll/adapter-hub/inversify';

/** How models are read over a network. */
export interface RemoteReading {
  readonly access: NonNullable<HubModuleOptions['access']>;
  /** Hugging Face's address and access token, where the environment names them. */
  readonly huggingFace: NonNullable<HubModuleOptions['huggingFace']>;
}

/** Public addresses by HTTPS, and no account. */
export const PUBLIC_ADDRESSES: RemoteReading = { access: {}, huggingFace: {} };

/** Flags that say what may be read over a network. */
export interface RemoteFlags {
  /** Hosts that may lie in a private network, as the URL writes them. */
  readonly allowPrivate?: readonly string[] | undefined;
  /** Whether plain `http://` may be used. */
  readonly allowHttp?: boolean | undefined;
}

/**
 * What the flags allow and the environment names: `HF_TOKEN` for gated and private repositories, `HF_ENDPOINT` for a
 * mirror of the hub, both as Hugging Face's own programs read them.
 * @throws InvalidConfigError when the mirror is no address
 */
export function remoteReading(flags: RemoteFlags, env: Readonly<Record<string, string | undefined>>): RemoteReading {
  const { HF_TOKEN: token = '', HF_ENDPOINT: baseUrl = '' } = env;
  if (baseUrl !== '' && !/^https?:/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '')) {
    throw new InvalidConfigError(`HF_ENDPOINT is "${baseUrl}", which is no address of a server.`, {
      hint: 'Give one such as https://huggingface.co, or unset HF_ENDPOINT.',
    });
  }
  return {
    access: { allowHttp: flags.allowHttp === true, allowPrivateAddresses: flags.allowPrivate ?? [] },
    huggingFace: { ...(token === '' ? {} : { token }), ...(baseUrl === '' ? {} : { baseUrl }) },
  };
}
