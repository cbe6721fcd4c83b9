import { MODEL_INSPECTOR } from '@plimsoll/di';
import type { RemoteAccess } from '@plimsoll/transport';
import { ContainerModule } from 'inversify';
import { headerCache, type HeaderCacheOptions } from './cache/header-cache-of.js';
import { FileModelInspector } from './file/file-model-inspector.js';
import { UrlModelInspector } from './http/url-model-inspector.js';

/** How headers are read. */
export interface GgufModuleOptions extends HeaderCacheOptions {
  readonly access?: RemoteAccess;
}

/** Binds the inspectors of local files and of URLs. */
export function ggufModule(options: GgufModuleOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    const remote = { access: options.access ?? {}, cache: headerCache(options) };
    for (const inspector of [new FileModelInspector(), new UrlModelInspector(remote)]) {
      bind(MODEL_INSPECTOR)
        .toResolvedValue(() => inspector)
        .inSingletonScope();
    }
  });
}
