import { InvalidModelFileError } from '@plimsoll/domain';

/**
 * Counts what a header makes us keep. A file may hold millions of tiny entries that each cost an object;
 * this ends the reading before they cost more memory than any real model's header.
 */
export class MemoryBudget {
  private left: number;
  private readonly total: number;

  constructor(totalBytes: number) {
    this.total = totalBytes;
    this.left = totalBytes;
  }

  /** @throws InvalidModelFileError when the file asks for more than the whole budget. */
  charge(bytes: number, name: string, field: string): void {
    this.left -= bytes;
    if (this.left >= 0) return;
    throw new InvalidModelFileError(
      `${name}: ${field}: the header wants more than ${Math.round(this.total / 2 ** 20)} MiB of memory for names and values`,
      { hint: 'No real model needs that much: the file is damaged or made to do harm.' },
    );
  }
}
