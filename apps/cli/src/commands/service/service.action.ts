import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ServiceDocument } from '@plimsoll/contract';
import { CapabilityMissingError, StorageFailedError } from '@plimsoll/domain';
import { EXIT } from '../../errors/exit-codes.js';
import type { CommandContext } from '../command-context.js';
import type { ServiceInstallFlags } from './service.flags.js';
import { managerOf } from './service.units.js';
import type { ServiceFile, ServiceManager } from './service.units.js';

const run = promisify(execFile);

interface Service {
  readonly manager: ServiceManager;
  readonly files: readonly ServiceFile[];
  readonly home: string;
}

/** `plimsoll service install`. */
export async function serviceInstall(context: CommandContext, flags: ServiceInstallFlags): Promise<number> {
  const service = describeService(context, flags.config === undefined ? [] : ['--config', path.resolve(flags.config)]);
  for (const { path: file, text } of service.files) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (flags.start) await tell(service, service.manager.start);
  return report(context, service, flags.start ? 'It is installed and runs.' : 'It is installed.');
}

/** `plimsoll service status`. */
export async function serviceStatus(context: CommandContext): Promise<number> {
  const service = describeService(context, []);
  const document = await documentOf(service);
  context.output.result(document, ({ installed, running }) =>
    installed ? `It is installed and ${running === true ? 'runs' : 'does not run'}.` : 'It is not installed.',
  );
  return document.installed ? EXIT.done : EXIT.failed;
}

/** `plimsoll service remove`. */
export async function serviceRemove(context: CommandContext): Promise<number> {
  const service = describeService(context, []);
  if (service.files.some(({ path: file }) => existsSync(file))) {
    // One that does not run, or whose manager is not there, is removed all the same.
    await tell(service, service.manager.stop).catch(() => undefined);
  }
  for (const { path: file } of service.files) await rm(file, { force: true });
  return report(context, service, 'It is not installed any more.');
}

function describeService({ env }: CommandContext, flags: readonly string[]): Service {
  const manager = managerOf(process.platform);
  if (manager === null) {
    throw new CapabilityMissingError('Services are known of Linux (systemd) and macOS (launchd) only.', {
      hint: 'Let the task scheduler of this system run: plimsoll serve',
    });
  }
  const home = env['HOME'] ?? homedir();
  const folders = { home, config: env['XDG_CONFIG_HOME'] ?? path.join(home, '.config') };
  const script = path.resolve(process.argv[1] ?? '');
  const program = { node: process.execPath, script, flags: ['--log', 'info', ...flags], home };
  return { manager, files: manager.files(program, folders), home };
}

async function tell({ manager, home }: Service, commands: readonly (readonly string[])[]): Promise<void> {
  for (const [program = '', ...args] of commands) {
    try {
      await run(
        program,
        args.map((arg) => arg.replace(/^~/, home)),
      );
    } catch (cause) {
      const said = cause instanceof Error ? cause.message.trim() : String(cause);
      throw new StorageFailedError(`${manager.id} did not take the service: ${said}`, {
        cause,
        hint: 'The files are written; start it by hand, or remove it with: plimsoll service remove',
      });
    }
  }
}

async function documentOf({ manager, files }: Service): Promise<ServiceDocument> {
  const installed = files.every(({ path: file }) => existsSync(file));
  const [program = '', ...args] = manager.status;
  const running = await run(program, args).then(
    () => true,
    (error: unknown) => (error instanceof Error && 'code' in error && typeof error.code === 'number' ? false : null),
  );
  return {
    schema: 'plimsoll.service/1',
    manager: manager.id,
    files: files.map((file) => file.path),
    installed,
    running,
  };
}

async function report(context: CommandContext, service: Service, words: string): Promise<number> {
  const document = await documentOf(service);
  context.output.result(document, ({ files }) => `${words} (${files.join(', ')})`);
  return EXIT.done;
}
