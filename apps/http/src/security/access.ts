import type { Settings, SettingsPatch } from '@plimsoll/domain';
import type { FastifyRequest } from 'fastify';
import type { ManageSettings } from '@plimsoll/application';
import { assertChangeable } from './admin-settings.js';
import { senderOf } from './entrance.js';
import { assertRequestable } from './requested-model.js';

/** What the senders of requests may do. Who has the admin token may do everything. */
export class Access {
  readonly #settings: Pick<ManageSettings, 'load'>;

  constructor(settings: Pick<ManageSettings, 'load'>) {
    this.#settings = settings;
  }

  /** @throws RefusedError when a model is an address, or a file outside the models folder */
  async assertMayRequest(request: FastifyRequest, models: readonly string[]): Promise<void> {
    if (isAdmin(request)) return;
    const { modelsFolder } = await this.#current();
    for (const model of models) assertRequestable(model, modelsFolder);
  }

  /** @throws RefusedError when an address, a path or a key would change, also as the name of a model */
  async assertMayChange(request: FastifyRequest, patch: SettingsPatch): Promise<void> {
    if (isAdmin(request)) return;
    const current = await this.#current();
    assertChangeable(patch, current);
    const { model = null } = patch;
    if (model !== null && model !== current.model) assertRequestable(model, current.modelsFolder);
  }

  async #current(): Promise<Settings> {
    return (await this.#settings.load()).settings;
  }
}

const isAdmin = (request: FastifyRequest): boolean => senderOf(request).scopes.includes('admin');
