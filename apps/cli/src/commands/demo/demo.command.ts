import type { Command } from 'commander';
import type { RunAction } from '../command-context.js';
import { defineCommand } from '../define-command.js';
import type { DemoFlags } from './demo.flags.js';

/** Describes `plimsoll demo`. */
export function addDemoCommand(program: Command, run: RunAction): void {
  defineCommand(program, 'demo', 'show everything in a minute: plan, quantize, measure and recommend a small model', [
    { command: 'plimsoll demo', effect: 'works on the embedded engine; needs no download and no server' },
  ]).action((flags: DemoFlags) =>
    run(flags, async (context) => (await import('./demo.action.js')).demo(context, flags)),
  );
}
