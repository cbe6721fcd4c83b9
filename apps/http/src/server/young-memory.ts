import { setFlagsFromString } from 'node:v8';

/**
 * For a process that only serves. V8 notes which places in the code make objects that outlive a collection, and lets these
 * make old objects from the start. Under many requests at once that is nearly all that a request makes: later ones are old
 * from birth as well, however short they live, and what they refer to is copied by each collection of young memory.
 */
export function keepMemoryYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
