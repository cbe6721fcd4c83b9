/** Which comes first: that a pending step settles, in whatever way, or that nothing came for so long. */
export async function settledOrSilence(pending: Promise<unknown>, silenceMs: number): Promise<'settled' | 'silence'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(() => resolve('silence'), silenceMs);
  });
  const settled = pending.then(
    () => 'settled' as const,
    () => 'settled' as const,
  );
  try {
    return await Promise.race([settled, silence]);
  } finally {
    clearTimeout(timer);
  }
}
