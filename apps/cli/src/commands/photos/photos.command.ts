import { SELECTION_PRESET_NAMES } from '@plimsoll/domain';
import { Argument, Option, type Command } from 'commander';
import { decimalNumber, variantLevelName, listOf, wholeNumber } from '../../flags/values.js';
import type { RunAction } from '../command-context.js';
import { backendOption, choiceOption, defineCommand } from '../define-command.js';
import {
  WORKERS_ACTIONS,
  type EvaluateFlags,
  type PhotosCompareFlags,
  type UndoFlags,
  type WatchFlags,
  type WorkersAction,
  type WorkersFlags,
} from './photos.flags.js';

/** Describes `plimsoll photos` and its subcommands. */
export function addPhotosCommand(program: Command, run: RunAction): void {
  const photos = program.command('photos').description('rate photos by their pixels, and by a local model');
  photos.addHelpText('after', '\nExample:\n  $ plimsoll photos evaluate ~/Pictures/wedding --preset event --xmp');

  judging(
    defineCommand(photos, 'evaluate <paths...>', 'score photos and recommend: approve, review or reject', [
      { command: 'plimsoll photos evaluate ~/Pictures/trip', effect: 'by pixels alone' },
      {
        command: 'plimsoll photos evaluate trip --model llava:7b --html sheet.html',
        effect: 'and by a model that sees',
      },
      { command: 'plimsoll photos evaluate trip --xmp', effect: 'stars and labels into sidecars; see photos undo' },
    ]),
  )
    .option(
      '--min-score <number>',
      'photos from here on count as passed (default: 3.5)',
      decimalNumber('--min-score', 1, 5),
    )
    .option('--parallel <number>', 'photos at the same time (default: 2)', wholeNumber('--parallel', 1, 64))
    .option('--ask-rejects', 'ask the model about photos, too, that the pixels alone reject')
    .option('--faces', 'look for faces and how sharp their eyes are, by packages of their own')
    .option('--fresh', 'judge again what was judged before')
    .option('--rejudge', 'judge again what a lower level than asked has judged')
    .option('--xmp', 'write stars, labels and keywords into XMP sidecars')
    .addOption(
      choiceOption('--sidecar-style <style>', 'photo.xmp or photo.jpg.xmp (default: lightroom)', [
        'lightroom',
        'darktable',
      ]),
    )
    .option('--csv <file>', 'write a table')
    .option('--html <file>', 'write a contact sheet')
    .addOption(governorOption())
    .addOption(queueOption())
    .addOption(storeOption())
    .action((paths: readonly string[], flags: EvaluateFlags) =>
      run(flags, async (context) => (await import('./evaluate.action.js')).evaluatePhotos(context, paths, flags)),
    );
  judging(
    defineCommand(photos, 'compare <paths...>', 'how far the levels of a model agree on photos', [
      {
        command: 'plimsoll photos compare trip --model llava:7b --levels F16,Q8_0,Q4_K_M',
        effect: 'the first is the reference',
      },
    ]),
  )
    .option(
      '--levels <list>',
      'levels, the reference first (default: F16,Q8_0,Q4_K_M)',
      listOf(variantLevelName('--levels')),
    )
    .option('--iterations <number>', 'times that each photo is judged (default: 1)', wholeNumber('--iterations', 1, 20))
    .option('--html <file>', 'write a contact sheet with the flips between levels')
    .addOption(queueOption())
    .addOption(storeOption())
    .action((paths: readonly string[], flags: PhotosCompareFlags) =>
      run(flags, async (context) => (await import('./compare.action.js')).comparePhotos(context, paths, flags)),
    );
  judging(
    defineCommand(photos, 'watch <folder>', 'judge photos as they come in, until it is stopped', [
      { command: 'plimsoll photos watch ~/Pictures/incoming', effect: 'one line per photo; with --json one document' },
    ]),
  )
    .addOption(governorOption())
    .action((folder: string, flags: WatchFlags) =>
      run(flags, async (context) => (await import('./watch.action.js')).watchPhotos(context, folder, flags)),
    );
  defineCommand(photos, 'undo', 'take back the sidecars that the last run wrote', [
    { command: 'plimsoll photos undo', effect: 'sidecars that somebody has edited since are left alone' },
  ])
    .addOption(storeOption())
    .action((flags: UndoFlags) =>
      run(flags, async (context) => (await import('./undo.action.js')).undoPhotos(context, flags)),
    );
  defineCommand(photos, 'workers', 'work on the photos of a queue, or look after it', [
    {
      command: 'plimsoll photos workers --queue redis://nas --store postgres://nas/photos',
      effect: 'until it is stopped',
    },
    { command: 'plimsoll photos workers status --queue redis://nas', effect: 'what waits, and what was given up' },
  ])
    .addArgument(new Argument('[action]', 'what to do').choices([...WORKERS_ACTIONS]).default('run'))
    .addOption(queueOption())
    .addOption(storeOption())
    .option('--parallel <number>', 'photos judged by pixels at once (default: 2)', wholeNumber('--parallel', 1, 64))
    .option('--pixels-only', 'ask no model: for machines without one')
    .option('--compare', 'judge whole levels for photos compare, instead of photos')
    .option(
      '--lost-after <seconds>',
      'a worker that is silent for so long loses its photos to others (default: 30)',
      wholeNumber('--lost-after', 1, 3600),
    )
    .addOption(governorOption())
    .addOption(backendOption())
    .action((action: WorkersAction, flags: WorkersFlags) =>
      run(flags, async (context) => (await import('./workers.action.js')).photoWorkers(context, action, flags)),
    );
}

function governorOption(): Option {
  return choiceOption(
    '--governor <mode>',
    'whether a model of ours may go to another point between photos when memory is short (default: active)',
    ['active', 'off'],
  );
}

function queueOption(): Option {
  return new Option('--queue <url>', 'have workers judge: redis://host:6379 (default: $PLIMSOLL_QUEUE_URL)');
}

function storeOption(): Option {
  return new Option('--store <url>', 'keep results in postgres://user@host/database (default: $PLIMSOLL_STORE_URL)');
}

function judging(command: Command): Command {
  return command
    .addOption(choiceOption('--preset <name>', 'weights and thresholds (default: general)', SELECTION_PRESET_NAMES))
    .option('--model <model>', 'ask this model, too')
    .option('--level <level>', 'at this level, whatever the settings say', variantLevelName('--level'))
    .option('--no-picture', 'give the model the measured facts alone')
    .addOption(backendOption());
}
