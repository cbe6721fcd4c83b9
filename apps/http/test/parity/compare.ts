import type { Observed } from './observe.js';

/** One part in which two answers to a request differ; `absent` where one lacks it. */
export interface Difference {
  readonly request: string;
  readonly part: string;
  readonly ollama: string;
  readonly gateway: string;
}

const ABSENT = 'absent';

/** How two answers to one request differ. Where the status does, their fields are not compared. */
export function compare(request: string, ollama: Observed, gateway: Observed): readonly Difference[] {
  const between = (theirs: ReadonlyMap<string, string>, ours: ReadonlyMap<string, string>, prefix = ''): Difference[] =>
    [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((part) => {
      const [from, to] = [theirs.get(part) ?? ABSENT, ours.get(part) ?? ABSENT];
      return from === to ? [] : [{ request, part: `${prefix}${part}`, ollama: from, gateway: to }];
    });
  const facts = between(ollama.facts, gateway.facts);
  if (facts.some(({ part }) => part === 'status')) return facts.filter(({ part }) => /^(?:status|error)$/.test(part));
  const shapes = [...ollama.shapes].flatMap(([name, shape]) => {
    const ours = gateway.shapes.get(name);
    return ours === undefined ? [] : between(shape, ours, name === '' ? 'field ' : `${name}: field `);
  });
  return [...facts, ...shapes.filter(({ part }) => !shapes.some((other) => isInside(part, other)))];
}

/** What lies in a list that one of both lacks says no more than the list. */
const isInside = (part: string, { part: list, ollama, gateway }: Difference): boolean =>
  part.startsWith(`${list}[]`) && [ollama, gateway].some((types) => !types.includes('list'));
