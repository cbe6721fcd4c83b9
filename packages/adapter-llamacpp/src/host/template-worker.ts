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
  const attempt = (list: TemplateJob['messages']): string =>
    template.render({ ...values, bounded_range: boundedRange, messages: list, add_generation_prompt: true });
  try {
    return attempt(messages);
  } catch (cause) {
    const [first, second, ...rest] = messages;
    // Some models know no system role and their templates refuse it: the user then says it.
    if (first?.role === 'system' && second !== undefined) {
      try {
        return attempt([{ ...second, content: `${first.content}\n\n${second.content}` }, ...rest]);
      } catch {
        // The first failure is the one to report.
      }
    }
    throw cause;
  }
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
