export { createPhotoReader } from './create-photo-reader.js';
export { openFaceFinder } from './faces/open-face-finder.js';
export type { PhotoReaderOptions } from './create-photo-reader.js';
export { isPhotoName } from './photo-formats.js';
export { XmpSidecarWriter } from './xmp/xmp-sidecar-writer.js';
export { PhotoResultFile } from './photo-result-file.js';
export { FileSidecarJournal } from './file-sidecar-journal.js';
