import { CancelledError } from '@plimsoll/domain';

/** The system's signal by which the program was asked to stop; the reason with which the signal of a command aborts. */
export class StopRequest extends CancelledError {
  readonly by: 'SIGINT' | 'SIGTERM';

  constructor(by: 'SIGINT' | 'SIGTERM') {
    super(`${by === 'SIGINT' ? 'Interrupted' : 'Terminated'}. Nothing half done was left behind.`);
    this.by = by;
  }
}

/** Whether somebody other than the user at the keyboard ended the program, such as a service manager. */
export function isTerminated(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof StopRequest && signal.reason.by === 'SIGTERM';
}
