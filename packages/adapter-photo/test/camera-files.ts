/** A file as a camera writes it: a TIFF whose second directory holds the JPEG of the picture, and no raw pixels. */
export function rawFile(jpeg: Buffer): Buffer {
  const make = Buffer.from('NIKON\0');
  const model = Buffer.from('NIKON D850\0');
  const head = Buffer.from('II*\0\u0008\0\0\0', 'latin1');
  const sizes = [
    directory(Array.from({ length: 6 }, () => [0, 0, 0, 0])),
    directory(Array.from({ length: 4 }, () => [0, 0, 0, 0])),
  ];
  const second = head.length + sizes[0]!.length;
  const makeAt = second + sizes[1]!.length;
  const modelAt = makeAt + make.length;
  const jpegAt = modelAt + model.length;
  return Buffer.concat([
    head,
    directory([
      [0xfe, LONG, 1, 1],
      [0x100, LONG, 1, 160],
      [0x101, LONG, 1, 120],
      [0x10f, ASCII, make.length, makeAt],
      [0x110, ASCII, model.length, modelAt],
      [0x14a, LONG, 1, second],
    ]),
    directory([
      [0xfe, LONG, 1, 1],
      [0x103, SHORT, 1, 6],
      [0x201, LONG, 1, jpegAt],
      [0x202, LONG, 1, jpeg.length],
    ]),
    ...[make, model, jpeg],
  ]);
}

const [ASCII, SHORT, LONG] = [2, 3, 4];

type Entry = readonly [tag: number, type: number, count: number, value: number];

function directory(entries: readonly Entry[]): Buffer {
  const bytes = Buffer.alloc(2 + 12 * entries.length + 4);
  bytes.writeUInt16LE(entries.length);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 2 + 12 * index;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  return bytes;
}

/** A HEIC file of one HEVC picture, whose data nobody here can decode. */
export function heicFile(width: number, height: number): Buffer {
  const data = Buffer.alloc(64, 7);
  const meta = (offset: number): Buffer =>
    box(
      'meta',
      u32(0),
      box('hdlr', u32(0), u32(0), Buffer.from('pict'), Buffer.alloc(13)),
      box('pitm', u32(0), u16(1)),
      box('iinf', u32(0), u16(1), box('infe', u32(0x02000000), u16(1), u16(0), Buffer.from('hvc1\0'))),
      box(
        'iprp',
        box('ipco', box('hvcC', Buffer.from([1]), Buffer.alloc(22)), box('ispe', u32(0), u32(width), u32(height))),
        box('ipma', u32(0), u32(1), u16(1), Buffer.from([2, 0x81, 0x02])),
      ),
      box('iloc', u32(0), Buffer.from([0x44, 0]), u16(1), u16(1), u16(0), u16(1), u32(offset), u32(data.length)),
    );
  const type = box('ftyp', Buffer.from('heic'), u32(0), Buffer.from('mif1heic'));
  const offset = type.length + meta(0).length + 8;
  return Buffer.concat([type, meta(offset), box('mdat', data)]);
}

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([u32(8 + content.length), Buffer.from(type), content]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
