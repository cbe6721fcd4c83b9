import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { expect, test } from 'vitest';
import { Services, type ModuleLoader } from './services.js';

interface Named {
  readonly name: string;
  close(): Promise<void>;
}

const FIRST = Symbol('first') as ServiceIdentifier<Named>;
const SECOND = Symbol('second') as ServiceIdentifier<Named>;

const world = () => {
  const log: string[] = [];
  const named = (name: string): Named => {
    log.push(`open ${name}`);
    return {
      name,
      close: async () => {
        log.push(`close ${name}`);
      },
    };
  };
  const module = (token: ServiceIdentifier<Named>, name: string): ModuleLoader => {
    return async () => {
      log.push(`import ${name}`);
      return new ContainerModule(({ bind }) => {
        bind(token)
          .toResolvedValue(() => named(name))
          .inSingletonScope();
      });
    };
  };
  return { log, module };
};

test('an adapter is imported when it is first asked for, once, and closed once', async () => {
  const { log, module } = world();
  const services = new Services({
    modules: new Map([
      [FIRST, [module(FIRST, 'a')]],
      [SECOND, [module(SECOND, 'b')]],
    ]),
  });
  const [one, other] = await Promise.all([services.get(FIRST), services.get(FIRST)]);
  expect(one).toBe(other);
  await services.close();
  await services.close();
  expect(log).toEqual(['import a', 'open a', 'close a']);
  await expect(services.get(SECOND)).rejects.toMatchObject({ code: 'invalid-input' });
});

test('what has a maker is made without the modules, once, found below as well, and closed once', async () => {
  const { log, module } = world();
  const made: Named = { name: 'made', close: async () => void log.push('close made') };
  const parent = new Services({
    modules: new Map([[FIRST, [module(FIRST, 'a')]]]),
    makers: new Map([[FIRST, async () => (log.push('make'), made)]]),
  });
  const child = new Services({ modules: new Map([[SECOND, [module(SECOND, 'b')]]]), parent });
  expect(await child.get(FIRST)).toBe(made);
  expect(await parent.get(FIRST)).toBe(made);
  expect(await parent.find(FIRST)).toBe(made);
  await child.close();
  expect(log).toEqual(['make']);
  await parent.close();
  await parent.close();
  expect(log).toEqual(['make', 'close made']);
});

test('what could not be made is tried again, and a given object wins', async () => {
  const given: Named = { name: 'given', close: async () => undefined };
  let tries = 0;
  const make = async (): Promise<Named> => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return given;
  };
  const services = new Services({ modules: new Map(), makers: new Map([[FIRST, make]]) });
  await expect(services.get(FIRST)).rejects.toThrow('not yet');
  expect(await services.get(FIRST)).toBe(given);
  const constants = new Map([[FIRST, given]]);
  const replaced = new Services({ modules: new Map(), makers: new Map([[FIRST, make]]), constants });
  expect(await replaced.get(FIRST)).toBe(given);
  expect(tries).toBe(2);
});

test('several bindings come in their order; each is closed', async () => {
  const { log, module } = world();
  const services = new Services({ modules: new Map([[FIRST, [module(FIRST, 'a'), module(FIRST, 'b')]]]) });
  expect((await services.getAll(FIRST)).map(({ name }) => name)).toEqual(['a', 'b']);
  await services.close();
  expect(log.slice(-2).sort()).toEqual(['close a', 'close b']);
});

test('a child looks up what it does not bind, and closes only what it made', async () => {
  const { log, module } = world();
  const parent = new Services({ modules: new Map([[FIRST, [module(FIRST, 'parent')]]]) });
  const child = new Services({ modules: new Map([[SECOND, [module(SECOND, 'child')]]]), parent });
  await child.get(FIRST);
  await child.get(SECOND);
  await child.close();
  expect(log.filter((line) => line.startsWith('close'))).toEqual(['close child']);
  await parent.close();
  expect(log.filter((line) => line.startsWith('close'))).toEqual(['close child', 'close parent']);
});

test('one that closes badly keeps none of the others open', async () => {
  const { log, module } = world();
  const bad: ModuleLoader = async () =>
    new ContainerModule(({ bind }) => {
      bind(SECOND)
        .toResolvedValue(() => ({ name: 'bad', close: () => Promise.reject(new Error('no')) }))
        .inSingletonScope();
    });
  const services = new Services({
    modules: new Map([
      [SECOND, [bad]],
      [FIRST, [module(FIRST, 'a')]],
    ]),
  });
  await services.get(SECOND);
  await services.get(FIRST);
  await services.close();
  expect(log).toContain('close a');
});

test('a service that no module binds is none, and what exists already is taken as it is', async () => {
  const given: Named = { name: 'given', close: async () => undefined };
  const services = new Services({ modules: new Map([[SECOND, []]]), constants: new Map([[FIRST, given]]) });
  expect(await services.find(SECOND)).toBeNull();
  expect(await services.find(FIRST)).toBe(given);
  expect(await services.getAll(FIRST)).toEqual([given]);
});
