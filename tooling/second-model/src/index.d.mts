/** Path of Bramble, at F16. */
export function secondModelPath(): string;
