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
    if (cause instanceof RangeError) return { error: 'it is nested too deeply' };
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

function render({ source, messages, values }: TemplateJob): string {
  if (last?.source !== source) last = { source, template: new Template(source) };
  const { template } = last;
  const attempt = (list: TemplateJob['messages']): string =>
    template.render({ ...values, messages: list, add_generation_prompt: true });
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
