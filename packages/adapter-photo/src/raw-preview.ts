/** Finds the JPEG that a camera put into a raw file; null when there is none. */
export interface RawPreviews {
  preview(path: string): Promise<Buffer | null>;
  close(): Promise<void>;
}

/** From the largest to the smallest. */
const TAGS = ['JpgFromRaw', 'PreviewImage', 'OtherImage', 'ThumbnailImage'] as const;
/** A task that hangs is ended. */
const TASK_MS = 20_000;

/** Previews by ExifTool, where the package `exiftool-vendored` is installed; null where it is not. */
export async function exiftoolPreviews(): Promise<RawPreviews | null> {
  try {
    const { ExifTool } = await import('exiftool-vendored');
    const tool = new ExifTool({ maxProcs: 1, taskTimeoutMillis: TASK_MS });
    return {
      async preview(path) {
        for (const tag of TAGS) {
          const found = await tool.extractBinaryTagToBuffer(tag, path).catch(() => null);
          if (found !== null && found.length > 0) return found;
        }
        return null;
      },
      close: () => tool.end(),
    };
  } catch {
    return null;
  }
}
