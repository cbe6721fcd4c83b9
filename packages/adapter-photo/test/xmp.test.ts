import type { SidecarChange, SidecarPatch, SidecarStyle } from '@plimsoll/domain';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { XmpSidecarWriter } from '../src/index.js';
import { newXmp, patchXmp } from '../src/xmp/patch-xmp.js';

const DARKTABLE = `<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:xmp='http://ns.adobe.com/xap/1.0/'
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:darktable="http://darktable.sf.net/"
   exif:DateTimeOriginal="2024:05:06 07:08:09"
   xmp:Rating = '2'
   darktable:history_end="5">
   <!-- mine > yours -->
   <dc:subject>
    <rdf:Bag>
     <rdf:li>cat &amp; dog</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:params="gz02&#10;"/></rdf:Seq></darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
`;

describe('patching', () => {
  test('changes the value where it stands, adds what is missing, keeps everything else to the letter', () => {
    const after = patchXmp(DARKTABLE, { rating: 4, label: 'Green', keywords: ['cat & dog', 'sea'] });
    expect(after).toBe(
      DARKTABLE.replace("xmp:Rating = '2'", "xmp:Rating = '4'")
        .replace('history_end="5">', 'history_end="5" xmp:Label="Green">')
        .replace('dog</rdf:li>', 'dog</rdf:li><rdf:li>sea</rdf:li>'),
    );
  });

  test('saying what is there already changes nothing', () => {
    expect(patchXmp(DARKTABLE, { rating: 2, keywords: ['cat & dog'] })).toBe(DARKTABLE);
  });

  test('elements as well as attributes, other prefixes, and a description that closes itself', () => {
    const elements = `<a:xmpmeta xmlns:a="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description r:about="" xmlns:xap="http://ns.adobe.com/xap/1.0/"><xap:Rating>1</xap:Rating></r:Description></r:RDF></a:xmpmeta>`;
    expect(patchXmp(elements, { rating: 5, keywords: ['x'] })).toBe(
      elements
        .replace('<xap:Rating>1', '\n   <dc:subject><r:Bag><r:li>x</r:li></r:Bag></dc:subject><xap:Rating>5')
        .replace('xap/1.0/">', 'xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'),
    );
    const empty = newXmp({});
    expect(patchXmp(empty, {})).toBe(empty);
    expect(patchXmp(patchXmp(empty, { keywords: ['a'] }), { rating: 3 })).toContain('xmp:Rating="3"');
  });

  test.each(['', 'not xml', '<a/>', '<x:xmpmeta xmlns:x="adobe:ns:meta/">'])('%j is refused', (text) => {
    expect(() => patchXmp(text, { rating: 1 })).toThrow(/sidecar/);
  });
});

describe('sidecars', () => {
  let folder: string;
  const writer = new XmpSidecarWriter();
  const write = async (photo: string, style: SidecarStyle, patch: SidecarPatch): Promise<SidecarChange | null> => {
    const change = await writer.prepare(photo, style, patch);
    if (change !== null) await writer.apply(change);
    return change;
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-xmp-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('are named as Lightroom or as darktable do', () => {
    expect(writer.pathOf('/a/b.x/IMG.CR2', 'lightroom')).toBe('/a/b.x/IMG.xmp');
    expect(writer.pathOf('/a/b.x/IMG.CR2', 'darktable')).toBe('/a/b.x/IMG.CR2.xmp');
  });

  test('are undone when nobody has edited them since, and left alone otherwise', async () => {
    const photo = path.join(folder, 'undo.jpg');
    const made = await write(photo, 'lightroom', { rating: 3 });
    expect(await write(photo, 'lightroom', { rating: 3 })).toBeNull();
    const changed = await write(photo, 'lightroom', { rating: 4 });
    expect(await writer.undo(made!)).toBe('edited-since');
    expect(await writer.undo(changed!)).toBe('undone');
    expect(await readFile(made!.path, 'utf8')).toBe(made!.after);
    expect(await writer.undo(made!)).toBe('undone');
    expect(await writer.undo(made!)).toBe('never-made');
    expect(await writer.undo(changed!)).toBe('gone');
    await expect(writer.apply(changed!)).rejects.toThrow(/changed by somebody else/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('keep their permissions; one that is not UTF-8 is refused', async () => {
    const photo = path.join(folder, 'mode.jpg');
    await writeFile(`${photo}.xmp`, DARKTABLE);
    await chmod(`${photo}.xmp`, 0o640);
    await write(photo, 'darktable', { rating: 5 });
    await writeFile(path.join(folder, 'utf16.xmp'), Buffer.from([0xff, 0xfe, 0x3c, 0x00]));
    await expect(write(path.join(folder, 'utf16.jpg'), 'lightroom', { rating: 1 })).rejects.toThrow(/UTF-8/);
  });

  test('ExifTool reads back what was written', async (context) => {
    const photo = path.join(folder, 'back.jpg');
    await writeFile(`${photo}.xmp`, DARKTABLE);
    const patch = { rating: 4, label: 'Green', keywords: ['sea "quoted" & <odd>', 'Grüße 🐈'] };
    await write(photo, 'darktable', patch);
    await write(photo, 'lightroom', patch);
    for (const file of [`${photo}.xmp`, path.join(folder, 'back.xmp')]) {
      const run = promisify(execFile)('exiftool', ['-j', '-XMP:all', file]);
      const answer = await run.catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
          context.skip('exiftool is not installed');
        throw error;
      });
      const [read] = JSON.parse(answer.stdout) as [Record<string, unknown>];
      expect(read).toMatchObject({ Rating: 4, Label: 'Green' });
      expect(read['Subject']).toEqual(expect.arrayContaining(patch.keywords));
    }
  });
});
