import type { IncomingHttpHeaders } from 'node:http';
import type { Settings, SettingsPatch } from '@plimsoll/domain';
import type { ManageSettings } from '@plimsoll/application';
import { assertChangeable } from './admin-settings.js';
import { carriesToken } from './bearer.js';
import { assertRequestable } from './requested-model.js';

/** A request, as far as it matters who sent it. */
export interface Sender {
  readonly headers: IncomingHttpHeaders;
}

/** What the senders of requests may do. Who has the admin token may do everything. */
export class Access {
  readonly #adminToken: string | null;
  readonly #settings: Pick<ManageSettings, 'load'>;

  constructor(adminToken: string | null, settings: Pick<ManageSettings, 'load'>) {
    this.#adminToken = adminToken;
    this.#settings = settings;
  }

  /** @throws RefusedError when a model is an address, or a file outside the models folder */
  async assertMayRequest({ headers }: Sender, models: readonly string[]): Promise<void> {
    if (carriesToken(headers, this.#adminToken)) return;
    const { modelsFolder } = await this.#current();
    for (const model of models) assertRequestable(model, modelsFolder);
  }

  /** @throws RefusedError when an address, a path or a key would change, also as the name of a model */
  async assertMayChange({ headers }: Sender, patch: SettingsPatch): Promise<void> {
    if (carriesToken(headers, this.#adminToken)) return;
    const current = await this.#current();
    assertChangeable(patch, current);
    const { model = null } = patch;
    if (model !== null && model !== current.model) assertRequestable(model, current.modelsFolder);
  }

  async #current(): Promise<Settings> {
    return (await this.#settings.load()).settings;
  }
}
