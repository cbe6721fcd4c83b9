import { InvalidInputError, UnsupportedModelError } from '@plimsoll/domain';

/** A model of the public Ollama library. */
export interface LibraryName {
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

const PART = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/;

/** Reads `[namespace/]model[:tag]`; `library` and `latest` stand in for what is left out. */
export function parseLibraryName(text: string): LibraryName {
  const [path = '', tag = 'latest', ...rest] = text.trim().split(':');
  const segments = path.replace(/^registry\.ollama\.ai\//i, '').split('/');
  const [namespace, model] =
    segments.length === 1 ? ['library', segments[0] ?? ''] : [segments[0] ?? '', segments[1] ?? ''];
  if (rest.length > 0 || segments.length > 2 || ![namespace, model, tag].every((part) => PART.test(part))) {
    throw new InvalidInputError(`${JSON.stringify(text)} is no name of the Ollama library.`, {
      hint: 'Write ollama:model:tag, such as ollama:llama3.1:8b.',
    });
  }
  if (/(?:^|-)cloud$/i.test(tag)) {
    throw new UnsupportedModelError(`${text} runs in the cloud: there is no file to read.`, {
      hint: 'Choose a tag without "cloud".',
    });
  }
  return { namespace: namespace.toLowerCase(), model: model.toLowerCase(), tag };
}

/** The name as users write it. */
export function formatLibraryName({ namespace, model, tag }: LibraryName): string {
  return `${namespace === 'library' ? '' : `${namespace}/`}${model}:${tag}`;
}
