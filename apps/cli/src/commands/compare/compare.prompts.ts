import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Task, TaskCheck } from '@plimsoll/application';
import { InvalidInputError, StorageFailedError } from '@plimsoll/domain';
import { z } from 'zod';

/** The user's own prompts: those with a known answer, and the others. */
export interface UserPrompts {
  readonly tasks: readonly Task[];
  readonly texts: readonly UserText[];
}

/** A prompt without a known answer. */
export interface UserText {
  readonly id: string;
  readonly prompt: string;
}

/** Files larger than this are no lists of prompts. */
const MOST_BYTES = 16 * 1024 * 1024;

const line = z.strictObject({
  id: z.string().min(1).max(200).optional(),
  prompt: z.string().min(1),
  expected: z.string().min(1).optional(),
  pattern: z.string().min(1).optional(),
  schema: z.record(z.string(), z.unknown()).optional(),
});

const FORM =
  'A line is, for example: {"prompt": "What is 2 + 2?", "expected": "4"}. Instead of "expected" it may have "pattern" (a regular expression) or "schema" (a JSON schema), or none of them.';

/**
 * Reads prompts: a file of JSON lines, a file with one prompt a line, or a folder of such files, in which a file that
 * holds no JSON lines is one prompt.
 * @throws InvalidInputError naming file and line, StorageFailedError
 */
export async function readPrompts(place: string): Promise<UserPrompts> {
  const files = await filesOf(place);
  const isFolder = files.length !== 1 || files[0] !== place;
  const found: (Task | UserText)[] = [];
  for (const file of files) {
    const text = await read(file);
    const name = path.basename(file);
    if (/\.(?:jsonl|ndjson)$/iu.test(file)) {
      found.push(...linesOf(text).map(([number, content]) => fromJson(content, name, number)));
    } else if (isFolder) {
      if (text.trim() !== '') found.push({ id: name, prompt: text.trim() });
    } else {
      found.push(...linesOf(text).map(([number, content]) => ({ id: `${name}:${number}`, prompt: content.trim() })));
    }
  }
  if (found.length === 0)
    throw new InvalidInputError(`--prompts names ${place}, which holds no prompts.`, { hint: FORM });
  return {
    tasks: found.filter((one): one is Task => 'check' in one),
    texts: found.filter((one): one is UserText => !('check' in one)),
  };
}

function fromJson(content: string, file: string, number: number): Task | UserText {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new InvalidInputError(`Line ${number} of ${file} (--prompts) ${reason}.`, { hint: FORM, cause });
  };
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    return refuse('is no JSON', cause);
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `"${issue.path.join('.')}": `;
    return refuse(`is no prompt (${where}${issue?.message ?? 'unknown reason'})`);
  }
  const { id = `${file}:${number}`, prompt, expected, pattern, schema } = parsed.data;
  const checks: readonly TaskCheck[] = [
    ...(expected === undefined ? [] : [{ kind: 'exact', expected } as const]),
    ...(pattern === undefined ? [] : [{ kind: 'pattern', pattern } as const]),
    ...(schema === undefined ? [] : [{ kind: 'schema', schema } as const]),
  ];
  if (checks.length > 1) return refuse('has more than one of "expected", "pattern" and "schema"');
  if (pattern !== undefined) {
    try {
      new RegExp(pattern, 'u');
    } catch (cause) {
      return refuse(`has the pattern "${pattern}", which is no regular expression`, cause);
    }
  }
  const [check] = checks;
  return check === undefined ? { id, prompt } : { id, prompt, check };
}

const linesOf = (text: string): readonly (readonly [number: number, content: string])[] =>
  text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .map((content, index) => [index + 1, content] as const)
    .filter(([, content]) => content.trim() !== '');

async function filesOf(place: string): Promise<readonly string[]> {
  try {
    if (!(await stat(place)).isDirectory()) return [place];
    const names = (await readdir(place, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
    return names.sort().map((name) => path.join(place, name));
  } catch (cause) {
    throw unreadable(place, cause);
  }
}

async function read(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MOST_BYTES) {
      throw new InvalidInputError(`--prompts names ${file}, which has more than ${MOST_BYTES / 1024 ** 2} MiB.`);
    }
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw cause instanceof InvalidInputError ? cause : unreadable(file, cause);
  }
}

function unreadable(place: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return code === 'ENOENT'
    ? new InvalidInputError(`--prompts names ${place}, which does not exist.`, { cause })
    : new StorageFailedError(`--prompts names ${place}, which cannot be read (${code}).`, { cause });
}
