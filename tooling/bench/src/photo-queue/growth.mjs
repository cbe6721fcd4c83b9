/**
 * How a farm of workers grows, by simulating it: a closed network of stations at which photos wait in turn. A producer
 * keeps a bounded number of photos under way; each passes the producer (reading it for its digest), Redis (added), a
 * worker's pixels, Redis (done, and added for the model), PostgreSQL (kept), and, when the pixels do not reject it, a
 * worker's model, Redis and PostgreSQL once more. Every station serves first come, first served; times are exponential,
 * which is the pessimistic end of what services do. Seeded, so that a run can be repeated.
 */

/** Photos under way for each producer: `MOST_PENDING` of the use case. */
export const PENDING_PER_PRODUCER = 2000;
/** Photos that a worker judges by their pixels at the same time. */
const PIXELS_PARALLEL = 2;

/**
 * @typedef {object} Costs Seconds.
 * @property {number} digest a producer's time to read one photo for its digest
 * @property {number} redis Redis's processor time for all commands of one visit
 * @property {number} database PostgreSQL's processor time for keeping one result
 * @property {number} pixels one core's time for the technical pass
 * @property {number} model the model's time for an answer
 */

/**
 * @typedef {object} Farm
 * @property {number} workers
 * @property {number} producers
 * @property {number} databaseCores
 * @property {number} survivors share of photos that the model is asked about, 0 to 1
 * @property {Costs} costs
 */

/**
 * Photos a second in the steady state, and how busy each station is, 0 to 1; the busiest is what bounds the farm.
 * @param {Farm} farm
 * @param {{photos?: number, seed?: number}} [run] photos to simulate, half of them to warm up
 */
export function simulateFarm(
  { workers, producers, databaseCores, survivors, costs },
  { photos = 8 * producers * PENDING_PER_PRODUCER, seed = 1 } = {},
) {
  const random = mulberry32(seed);
  const station = (name, servers, seconds) => ({ name, servers, seconds, free: servers, queue: [], head: 0, busy: 0 });
  const stations = {
    producer: station('producer', producers, costs.digest),
    redis: station('redis', 1, costs.redis),
    database: station('database', databaseCores, costs.database),
    pixels: station('pixels', workers * PIXELS_PARALLEL, costs.pixels),
    model: station('model', workers, costs.model),
  };
  const toReject = ['producer', 'redis', 'pixels', 'redis', 'database', 'database'].map((name) => stations[name]);
  const toModel = ['producer', 'redis', 'pixels', 'database', 'redis', 'model', 'database', 'redis'].map(
    (name) => stations[name],
  );
  const events = new EventHeap();
  let [now, done, warmAt] = [0, 0, 0];
  // At first rejects finish early and answers pile up before the model: that is not how it goes on.
  const warmUp = Math.floor(photos / 2);

  const begin = (one, at) => {
    at.free -= 1;
    const seconds = -Math.log(1 - random()) * at.seconds;
    if (done >= warmUp) at.busy += seconds;
    events.push(now + seconds, one);
  };
  const enter = (one) => {
    const at = one.route[one.step];
    if (at.free > 0) begin(one, at);
    else at.queue.push(one);
  };
  const fresh = (one) => {
    one.route = random() < survivors ? toModel : toReject;
    one.step = 0;
    enter(one);
  };
  for (let token = 0; token < producers * PENDING_PER_PRODUCER; token += 1) fresh({ route: toReject, step: 0 });
  while (done < photos) {
    const { time, value: one } = events.pop();
    now = time;
    const at = one.route[one.step];
    at.free += 1;
    if (at.head < at.queue.length) {
      begin(at.queue[at.head], at);
      at.head += 1;
      if (at.head > 4096) {
        at.queue = at.queue.slice(at.head);
        at.head = 0;
      }
    }
    one.step += 1;
    if (one.step < one.route.length) enter(one);
    else {
      done += 1;
      if (done === warmUp) warmAt = now;
      fresh(one);
    }
  }
  const seconds = now - warmAt;
  const photosPerSecond = (photos - warmUp) / seconds;
  const busy = Object.fromEntries(
    Object.values(stations).map(({ name, servers, busy: spent }) => [name, Math.min(1, spent / (seconds * servers))]),
  );
  const [bound] = Object.entries(busy).sort(([, a], [, b]) => b - a)[0];
  return { photosPerSecond, busy, bound };
}

/** The same numbers for the same seed. */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The earliest event first. */
class EventHeap {
  #items = [];

  push(time, value) {
    const items = this.#items;
    let at = items.push({ time, value }) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above].time <= time) break;
      [items[at], items[above]] = [items[above], items[at]];
      at = above;
    }
  }

  pop() {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (items.length === 0) return first;
    items[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < items.length && items[left].time < items[least].time) least = left;
      if (right < items.length && items[right].time < items[least].time) least = right;
      if (least === at) return first;
      [items[at], items[least]] = [items[least], items[at]];
      at = least;
    }
  }
}
