import { ModelNotFoundError, mayAnswerElsewhere } from '@plimsoll/domain';
import type { CallOptions } from '@plimsoll/domain';
import type { ShowAnswer, TagEntry } from '@plimsoll/protocol/ollama';
import { sameOllamaName } from '../model-name.js';
import type { HostView, OllamaHost } from './ollama-host.js';

/** A server, and what it has; null where it does not answer. */
interface SeenHost {
  readonly host: OllamaHost;
  readonly view: HostView | null;
}

/**
 * Several Ollama servers in the order of the settings, seen as one. Who has a variant in memory answers first, then who
 * has it installed; among equals the one with the least to do.
 */
export class OllamaHosts {
  readonly all: readonly OllamaHost[];

  constructor(all: readonly OllamaHost[]) {
    this.all = all;
  }

  /** The first that answers, where something new is to be kept; the first of all when none does. */
  get home(): OllamaHost {
    const [first] = this.all;
    const home = this.all.find(({ isDown }) => !isDown) ?? first;
    if (home === undefined) throw new Error('There is no Ollama server.');
    return home;
  }

  /** Of the first that answers. */
  get address(): string {
    return this.home.address;
  }

  /**
   * Looks at all of them. One that was down is asked again from time to time, but waited for only when no other one
   * answers.
   */
  async look(options: CallOptions = {}): Promise<readonly SeenHost[]> {
    const up = this.all.filter(({ isDown }) => !isDown);
    const seen = await Promise.all(up.map(async (host) => ({ host, view: await host.view(options) })));
    const down = this.all.filter((host) => !up.includes(host));
    if (seen.some(({ view }) => view !== null)) {
      for (const host of down) if (!host.isPaused) void host.view();
      return [...seen, ...down.map((host) => ({ host, view: null }))];
    }
    return [...seen, ...(await Promise.all(down.map(async (host) => ({ host, view: await host.view(options) }))))];
  }

  /** Who can answer with a model, the best first. All that answer when none has it, all when none answers. */
  async inOrder(model: string, options: CallOptions = {}): Promise<readonly OllamaHost[]> {
    const seen = await this.look(options);
    const up = seen.filter(({ view }) => view !== null);
    const isIn = (list: readonly { readonly name: string }[] | undefined): boolean =>
      list?.some(({ name }) => sameOllamaName(name, model)) === true;
    const having = up.filter(({ view }) => isIn(view?.tags));
    const candidates = [having, up, seen].find((list) => list.length > 0) ?? [];
    const rank = ({ view }: SeenHost): number => (isIn(view?.resident) ? 0 : 1);
    return [...candidates]
      .sort((left, right) => rank(left) - rank(right) || left.host.active - right.host.active)
      .map(({ host }) => host);
  }

  /** Asks one server after the other until one can answer. */
  async first<Result>(
    model: string,
    work: (host: OllamaHost) => Promise<Result>,
    options: CallOptions = {},
  ): Promise<Result> {
    let failure: unknown = new ModelNotFoundError(`model '${model}' not found`);
    for (const host of await this.inOrder(model, options)) {
      try {
        return await host.use(work);
      } catch (error) {
        if (!mayAnswerElsewhere(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** What all of them have, each name once; the first server's wins. @throws BackendUnreachableError when none answers */
  async tags(options: CallOptions = {}): Promise<readonly TagEntry[]> {
    const lists = (await this.look(options)).flatMap(({ view }) => (view === null ? [] : [view.tags]));
    if (lists.length === 0) return this.home.api.tags(options);
    return [...new Map(lists.reverse().flatMap((tags) => tags.map((tag) => [tag.name, tag] as const))).values()];
  }

  show(model: string, verbose: boolean, options: CallOptions = {}): Promise<ShowAnswer> {
    return this.first(model, ({ api }) => api.show(model, verbose, options), options);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ api }) => api.close()));
  }
}
