import { ModelFolder, ResidentModels } from '@plimsoll/local-models';
import type { ModelHost } from '@plimsoll/local-models';

/** Answers with every model of a folder in turn; two stay loaded, the one unused longest makes room for the next. */
export async function answerWithAll(
  folder: string,
  host: (path: string) => ModelHost,
  answer: (host: ModelHost) => Promise<void>,
): Promise<readonly string[]> {
  const models = new ResidentModels({
    maxResidentModels: 2,
    open: (file) => host(file.path),
    expectedHostBytes: (file) => file.sizeBytes,
  });
  try {
    for (const file of await new ModelFolder(folder).list()) {
      const place = await models.enter(file, { contextTokens: 2048 });
      try {
        await answer(place.host);
      } finally {
        place.leave();
      }
    }
    return (await models.list()).map(({ name }) => name);
  } finally {
    await models.close();
  }
}
