import { parentPort } from 'node:worker_threads';
import { Template } from '@huggingface/jinja';
import type { RenderedTemplate, TemplateJob } from './chat-template.js';

/** The program of the thread that renders chat templates: they are code of whoever made the model. */
let last: { readonly source: string; readonly template: Template } | null = null;

parentPort?.on('message', (job: TemplateJob) => parentPort?.postMessage(rendered(job)));

function rendered(job: TemplateJob): RenderedTemplate {
  try {
    const text = render(job);
    return text.length > job.mostCharacters
      ? { error: `it made more than ${job.mostCharacters} characters` }
      : { text };
  } catch (cause) {
    // The parser and the renderer call themselves.
    if (cause instanceof RangeError && /call stack/.test(cause.message)) return { error: 'it is nested too deeply' };
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

function render({ source, messages, values }: TemplateJob): string {
  if (last?.source !== source) last = { source, template: boundedTemplate(source) };
  const { template } = last;
  let failure: unknown = null;
  for (const change of waysAround(messages)) {
    try {
      const given = { ...values, bounded_range: boundedRange, add_generation_prompt: true, messages, ...change };
      return template.render(given);
    } catch (cause) {
      // The first failure is the one to report.
      failure ??= cause;
    }
  }
  throw failure;
}

/** What is given instead, in turn, to a template that fails; nothing else at first. */
function waysAround(messages: TemplateJob['messages']): readonly Readonly<Record<string, unknown>>[] {
  const [first, second, ...rest] = messages;
  // Some models know no system role and their templates refuse it: the user then says it.
  const merged =
    first?.role === 'system' && second !== undefined
      ? [{ messages: [{ ...second, content: `${first.content}\n${second.content}` }, ...rest] }]
      : [];
  // Some templates list tools without asking whether there are any.
  return [{}, ...merged, { tools: [] }];
}

/** More than any template counts to. */
const MOST_COUNTED = 100_000;

/**
 * A template whose `range` is the bounded one: the renderer refuses another global of that name, but a first statement
 * may set it. The line break behind a statement is part of it.
 */
const boundedTemplate = (source: string): Template => new Template(`{% set range = bounded_range %}\n${source}`);

/** The numbers of `range`. They stand in memory all at once, and V8 ends the whole process where a list outgrows it. */
function boundedRange(first: number, second?: number, step = 1): readonly number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= MOST_COUNTED)) throw new Error(`range() of more than ${MOST_COUNTED} numbers is not given`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}
