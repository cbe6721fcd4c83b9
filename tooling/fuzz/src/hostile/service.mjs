import { copyFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleModelPath } from '@plimsoll/sample-model';
import { childrenOf, descriptorsOf, residentMiB } from './processes.mjs';
import { createUser, start } from './program.mjs';
import { createTally, faultsOf } from './verdict.mjs';

const MODEL = 'fable-5m-F16';
const ADDRESS = { host: '127.0.0.1' };
/** Longest that running answers are waited for after SIGTERM is 5 s; the rest is for a busy machine. */
const STOP_MS = 20_000;

/** One request of every dialect that streams, and how its answer ends when it ended well or was ended in words. */
const STREAMS = [
  ['/api/plimsoll/v1/generate', { prompt: 'Once', maxTokens: 200 }, /event: (?:done|error)\n.*\n\n/u],
  ['/api/generate', { prompt: 'Once', options: { num_predict: 200 } }, /"done":true|"error":/u],
  ['/api/chat', { messages: [{ role: 'user', content: 'Once' }] }, /"done":true|"error":/u],
  [
    '/v1/chat/completions',
    { messages: [{ role: 'user', content: 'Once' }], max_tokens: 200, stream: true },
    /data: \[DONE\]|"error":/u,
  ],
  [
    '/v1/messages',
    { messages: [{ role: 'user', content: 'Once' }], max_tokens: 200, stream: true },
    /event: (?:message_stop|error)/u,
  ],
];

/** The built server with the engine inside, on a free port. */
async function startService(user) {
  copyFileSync(sampleModelPath(), user.path(`${MODEL}.gguf`));
  const config = user.path('config.json');
  // The model answers as it is: a level that was made meanwhile would be another engine, rightly there afterwards.
  writeFileSync(config, JSON.stringify({ ai: { models_folder: user.folder, enable_quantization: false } }));
  const args = ['serve', '--port', '0', '--json', '--backend', 'embedded', '--config', config];
  const service = start(user, args, { hangMs: 1_800_000 });
  for (let look = 0; look < 600 && !service.texts.stdout.includes('}'); look += 1) await sleep(100);
  const { port } = new URL(JSON.parse(service.texts.stdout).url);
  return { ...service, port: Number(port) };
}

const dial = (port) =>
  new Promise((resolve, reject) => {
    const socket = connect(port, ADDRESS.host, () => resolve(socket.off('error', reject).on('error', () => undefined)));
    socket.once('error', reject);
  });

const post = (path, body) => {
  const text = JSON.stringify({ model: MODEL, ...body });
  const head = [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', 'connection: close', 'content-type: application/json'];
  return [...head, `content-length: ${Buffer.byteLength(text)}`, '', text].join('\r\n');
};

/** What is said until the server ends the connection; `onData` sees each piece. */
const answerOf = (socket, onData = () => undefined) =>
  new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece) => onData((text += piece), socket));
    socket.on('close', () => resolve(text));
  });

async function ask(port, bytes) {
  const socket = await dial(port);
  const answer = answerOf(socket);
  socket.write(bytes);
  return answer;
}

const GET = 'GET /api/tags HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n';

/** How far a client goes before it leaves. */
const PHASES = [
  ['before a word', () => undefined],
  ['in the headers', (socket) => socket.write('POST /api/generate HTTP/1.1\r\nhost: 127')],
  ['in the body', (socket) => socket.write(post('/api/generate', { prompt: 'Once' }).slice(0, -5))],
  ['before the first token', (socket) => socket.write(post('/api/generate', { prompt: 'Once' }))],
  [
    'in the answer',
    (socket) => {
      const begun = new Promise((resolve) => socket.once('data', resolve).once('close', resolve));
      socket.write(post('/api/generate', { prompt: 'Once', options: { num_predict: 200 } }));
      return begun;
    },
  ],
  ['in a plan', (socket) => socket.write(post('/api/plimsoll/v1/plan', {}))],
];

/** A request with a body, from whoever says to be elsewhere. */
const foreign = (start, headers, body) => {
  const text = JSON.stringify(body);
  const head = [`${start} HTTP/1.1`, 'connection: close', ...headers, `content-length: ${Buffer.byteLength(text)}`];
  return [...head, '', text].join('\r\n');
};
const LOCAL = ['host: 127.0.0.1', 'content-type: application/json'];
const ASKED = { model: MODEL, prompt: 'Once', stream: false };

/** What nobody may do without the admin token, and the status of the refusal when it is not 403. */
const REFUSED = [
  ['a name that was rebound', foreign('POST /api/generate', ['host: evil.example'], ASKED)],
  [
    'a simple request of a page of another origin',
    foreign(
      'POST /api/generate',
      ['host: 127.0.0.1', 'origin: http://evil.example', 'content-type: text/plain'],
      ASKED,
    ),
  ],
  ['a model by its path', foreign('POST /api/generate', LOCAL, { ...ASKED, model: '/etc/passwd' }), 400],
  [
    'a model by its address',
    foreign('POST /api/generate', LOCAL, { ...ASKED, model: 'http://169.254.169.254/m.gguf' }),
    400,
  ],
  ['a plan of a file elsewhere', foreign('POST /api/plimsoll/v1/plan', LOCAL, { model: '/etc/passwd' })],
  [
    'settings that point elsewhere',
    foreign('PUT /api/plimsoll/v1/settings', LOCAL, { ollamaHost: 'http://evil.example:11434' }),
  ],
];

/** Refused in words without a path of this machine. */
async function tryRefused(tally, user) {
  const service = await startService(user);
  for (const [name, bytes, status = 403] of REFUSED) {
    const answer = await ask(service.port, bytes);
    tally.add(name, null, [
      ...(answer.startsWith(`HTTP/1.1 ${status} `) ? [] : [`is answered ${answer.slice(0, 40)}`]),
      ...(answer.includes(user.folder) ? ['learns of a path'] : []),
    ]);
  }
  service.child.kill('SIGTERM');
  const result = await service.ended;
  tally.add('told to stop', result, faultsOf(result, { codes: [0], boundMiB: 700 }));
}

const AT_ONCE = 25;

/** What a server holds that it did not hold before. */
const left = (after, before) => [
  ...(after.descriptors > before.descriptors ? [`${after.descriptors - before.descriptors} descriptors more`] : []),
  ...(after.children > before.children ? [`${after.children - before.children} processes more`] : []),
  ...(after.MiB > before.MiB + 100 ? [`${Math.round(after.MiB - before.MiB)} MiB more`] : []),
];

/** Clients that leave, say nothing, or never come to an end: afterwards the server is as it was. */
async function tryClients(tally, user, aborts) {
  const service = await startService(user);
  const { port, child } = service;
  const base = async () => {
    // Loaded, answered, and everything closed that closes.
    await ask(port, post('/api/generate', { prompt: 'Once', stream: false, options: { num_predict: 1 } }));
    await sleep(500);
    return {
      descriptors: descriptorsOf(child.pid),
      children: childrenOf(child.pid).length,
      MiB: residentMiB(child.pid),
    };
  };
  let whole = await base();
  // On a busy machine a start goes on for a while after the first answer.
  for (let last = null, look = 1; look < 40 && whole.descriptors !== last; look += 1) {
    last = whole.descriptors;
    whole = await base();
  }
  const slow = await Promise.all(Array.from({ length: 20 }, () => dial(port)));
  const slowSince = performance.now();
  const ended = slow.map((socket, index) => {
    socket.write(index < 10 ? 'GET /api/tags HTTP/1.1\r\nhost: 127.' : post('/api/generate', {}).slice(0, -5));
    const drip = setInterval(() => socket.write('0'), 5000);
    return answerOf(socket).finally(() => clearInterval(drip));
  });
  for (const [phase, reach] of PHASES) {
    for (let done = 0; done < aborts; done += AT_ONCE) {
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, aborts - done) }, async () => {
          const socket = await dial(port);
          await reach(socket);
          socket.destroy();
        }),
      );
    }
    const answer = await ask(port, GET);
    tally.add(`${aborts} clients leave ${phase}`, null, answer.includes(MODEL) ? [] : ['does not answer any more']);
  }
  const idle = await Promise.all(Array.from({ length: 200 }, () => dial(port)));
  const among = await ask(port, GET);
  tally.add('200 connections that say nothing', null, among.includes(MODEL) ? [] : ['keep others from being answered']);
  for (const socket of idle) socket.destroy();
  const large = await ask(port, `POST /api/generate HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${2 ** 40}\r\n\r\n`);
  tally.add('a body of a terabyte', null, /^HTTP\/1\.1 413 /u.test(large) ? [] : [`is answered ${large.slice(0, 40)}`]);
  const headers = `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`;
  const long = await ask(port, headers);
  tally.add('headers of 100 kB', null, /^HTTP\/1\.1 431 /u.test(long) ? [] : [`are answered ${long.slice(0, 40)}`]);
  if (aborts >= 100) {
    const patient = Promise.race([Promise.all(ended), sleep(150_000, null)]);
    const faults = (await patient) === null ? ['are waited for after 150 s'] : [];
    tally.add(
      `20 clients that send a byte each 5 s (${Math.round((performance.now() - slowSince) / 1000)} s)`,
      null,
      faults,
    );
  }
  for (const socket of slow) socket.destroy();
  let after = await base();
  // What a client began and left, such as a plan, ends when it ends; on a busy machine that takes a while.
  for (let look = 1; look < 40 && left(after, whole).length > 0; look += 1) after = await base();
  tally.figures.before = whole;
  tally.figures.after = after;
  tally.add('afterwards', null, left(after, whole));
  child.kill('SIGTERM');
  const result = await service.ended;
  tally.add('told to stop', result, faultsOf(result, { codes: [0], boundMiB: 700 }));
}

/** Told to stop in the middle of answers: each ends in words, and the service with 0. */
async function tryStop(tally, user) {
  const service = await startService(user);
  let stop = () => undefined;
  const begun = new Promise((resolve) => (stop = resolve));
  const answers = [...STREAMS, ...STREAMS].map(async ([path, body, end]) => {
    const socket = await dial(service.port);
    const answer = answerOf(socket, (text) => text.includes('\r\n\r\n') && stop());
    socket.write(post(path, body));
    return { path, end, text: await answer };
  });
  await begun;
  const stopped = performance.now();
  service.child.kill('SIGTERM');
  const result = await service.ended;
  const tookMs = performance.now() - stopped;
  for (const { path, end, text } of await Promise.all(answers)) {
    // One that had not begun may be refused, with a status.
    const refused = /^HTTP\/1\.1 (?:4|5)\d\d /u.test(text);
    tally.add(`SIGTERM while ${path} answers`, null, end.test(text) || refused ? [] : [`ends with ${text.slice(-80)}`]);
  }
  const faults = faultsOf(result, { codes: [0], boundMiB: 700 });
  tally.add('SIGTERM', result, tookMs < STOP_MS ? faults : [...faults, `took ${Math.round(tookMs)} ms`]);
}

/** `plimsoll serve` as it is installed, with the engine inside. */
export async function tryService({ kills }) {
  if (process.platform !== 'linux') return [];
  const tally = createTally('the server and its clients');
  for (const attempt of [tryRefused, tryStop, (...args) => tryClients(...args, Math.min(kills, 500))]) {
    const user = createUser();
    try {
      await attempt(tally, user);
    } finally {
      user.remove();
    }
  }
  return [tally];
}
