import type { ChosenVariant, GenerateText, PointToRun } from '@plimsoll/application';
import type { BackendUseCases } from '@plimsoll/composition';
import type { ChatMessage, GenerateRequest, GenerationTimings, VariantLevel } from '@plimsoll/domain';
import { EXIT } from '../../../errors/exit-codes.js';
import { describeFailure, renderFailure } from '../../../errors/report-failure.js';
import { buildProgress } from '../../../output/build-progress.js';
import { printableDocument, printablePath } from '../../../output/printable.js';
import type { CommandContext, Terminal } from '../../command-context.js';
import type { RunFlags } from '../run.flags.js';
import { levelOf, pointToRun } from '../run.point.js';
import { renderChosenVariant, renderTimings } from '../run.render.js';
import { loadOfFlags, readFormat, readImages } from '../run.request.js';
import { chatCommand, chatHelp, type ChatCommand } from './chat-commands.js';
import { takeLine } from './chat-lines.js';
import { LineEditor } from './line-editor.js';

type ChatContext = CommandContext & { readonly terminal: Terminal };

/** `plimsoll run MODEL` on a terminal: a chat until it is left. Failures of one answer end that answer alone. */
export async function chat(
  context: ChatContext,
  use: BackendUseCases,
  model: string,
  flags: RunFlags,
): Promise<number> {
  const editor = new LineEditor(context.terminal);
  const chatting = new Chat(context, model, flags, await use.generation(), (level) =>
    pointToRun(context, use, model, { ...flags, level }, (question) => editor.ask(question)),
  );
  const stop = (): void => editor.close();
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    await editor.whileAnswering(context.signal, () => chatting.begin());
    let pending: readonly string[] = [];
    for (;;) {
      const line = await editor.readLine(pending.length === 0 ? '>>> ' : '... ');
      if (line.kind === 'end') break;
      if (line.kind === 'interrupted') {
        if (pending.length === 0 && line.typed === '') context.output.line('Leave with Ctrl-D or /bye.');
        pending = [];
        continue;
      }
      const taken = takeLine(pending, line.text);
      ({ pending } = taken);
      if (taken.message === null || taken.message === '') continue;
      const command = chatCommand(taken.message);
      if (command?.kind === 'leave') break;
      await editor.whileAnswering(context.signal, (signal) =>
        command === null ? chatting.say(taken.message ?? '', signal) : chatting.obey(command),
      );
    }
  } finally {
    context.signal.removeEventListener('abort', stop);
    editor.close();
  }
  return context.signal.aborted ? EXIT.interrupted : EXIT.done;
}

/** What was said, and what answers. */
class Chat {
  readonly #context: CommandContext;
  readonly #model: string;
  readonly #flags: RunFlags;
  readonly #generation: GenerateText;
  readonly #plan: (level: VariantLevel | undefined) => Promise<PointToRun | null>;
  #messages: readonly ChatMessage[] = [];
  #timings: readonly GenerationTimings[] = [];
  #level: VariantLevel | undefined;
  #point: PointToRun | null = null;
  #variant: ChosenVariant | null = null;
  #images: readonly string[] | undefined;
  #format: GenerateRequest['format'];

  constructor(
    context: CommandContext,
    model: string,
    flags: RunFlags,
    generation: GenerateText,
    plan: (level: VariantLevel | undefined) => Promise<PointToRun | null>,
  ) {
    this.#context = context;
    this.#model = model;
    this.#flags = flags;
    this.#generation = generation;
    this.#plan = plan;
    this.#level = flags.level;
  }

  /** Reads what flags name, and finds the point that will run. */
  async begin(): Promise<void> {
    this.#images = await readImages(this.#flags);
    if (this.#flags.format !== undefined) this.#format = await readFormat(this.#flags.format);
    this.#point = await this.#plan(this.#level);
    this.#context.output.note('A chat; /help shows what else can be typed, Ctrl-D leaves.');
  }

  async obey(command: ChatCommand): Promise<void> {
    const { output } = this.#context;
    switch (command.kind) {
      case 'help':
        output.line(chatHelp());
        break;
      case 'stats':
        output.line(this.#timings.length === 0 ? 'There was no answer yet.' : this.#statistics());
        break;
      case 'clear':
        this.#messages = [];
        output.line('What was said is forgotten.');
        break;
      case 'level':
        await this.#atLevel(command.level);
        break;
      case 'unknown':
        output.line(command.problem);
        break;
      case 'leave':
        break;
    }
  }

  /** Answers a message. One that fails or is stopped before its first word is not kept. */
  async say(content: string, signal: AbortSignal): Promise<void> {
    const { output } = this.#context;
    const images = this.#messages.length === 0 ? this.#images : undefined;
    const messages: readonly ChatMessage[] = [...this.#messages, { role: 'user', content, images }];
    const progress = buildProgress(output.progress());
    let text = '';
    try {
      const options = {
        signal,
        make: this.#flags.make,
        strict: this.#flags.strict,
        ...levelOf(this.#point, this.#level),
        onProgress: progress.onProgress,
      };
      for await (const event of this.#generation.generate(this.#request(messages), options)) {
        progress.stop();
        if (event.type === 'variant') this.#shown(event.chosen);
        else if (event.type === 'done') this.#timings = [...this.#timings, event.timings].slice(-MOST_TIMINGS);
        else if (event.type === 'text' && event.thinking !== true) {
          text += event.text;
          output.piece(event.text);
        }
      }
    } catch (failure) {
      progress.stop();
      if (text !== '' && !text.endsWith('\n')) output.piece('\n');
      if (!signal.aborted) output.note(renderFailure(describeFailure(failure), output.errorStyle));
      else output.line('(stopped)');
    } finally {
      progress.stop();
    }
    if (text === '') return;
    if (!text.endsWith('\n')) output.piece('\n');
    this.#messages = [...messages, { role: 'assistant', content: text }];
  }

  async #atLevel(level: VariantLevel | null): Promise<void> {
    const { output } = this.#context;
    if (level !== null) {
      try {
        this.#point = await this.#plan(level);
        this.#level = level;
        this.#variant = null;
        output.line(`Answers come at ${level} from now on.`);
      } catch (failure) {
        output.note(renderFailure(describeFailure(failure), output.errorStyle));
      }
      return;
    }
    const chosen = this.#variant;
    if (chosen !== null) output.line(renderChosenVariant(printablePath(this.#model), chosen, this.#point));
    else output.line(`Answers come at ${this.#level ?? this.#point?.candidate.level ?? 'the level of the settings'}.`);
  }

  /** Said once, before the first answer of each variant. */
  #shown(chosen: ChosenVariant): void {
    const shown = printableDocument(chosen);
    if (this.#variant?.variant === shown.variant) return;
    this.#variant = shown;
    this.#context.output.note(renderChosenVariant(printablePath(this.#model), shown, this.#point));
  }

  #request(messages: readonly ChatMessage[]): GenerateRequest {
    const { system, temperature, seed, maxTokens, stop } = this.#flags;
    const first: readonly ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
    return {
      model: this.#model,
      input: { kind: 'chat', messages: [...first, ...messages] },
      temperature,
      seed,
      maxTokens,
      stop,
      format: this.#format,
      load: loadOfFlags(this.#flags),
    };
  }

  #statistics(): string {
    const last = this.#timings.at(-1);
    const answers = `${this.#timings.length} ${this.#timings.length === 1 ? 'answer' : 'answers'}`;
    return last === undefined ? answers : `${answers}; the last: ${renderTimings(last)}`;
  }
}

/** Answers that `/stats` counts. */
const MOST_TIMINGS = 1000;
