import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync, lstatSync } from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FOUNDING_CONFIG } from '../test/founding-config.js';
import { scratchFolder } from '../test/scratch-folder.js';
import { createConfigStore } from './create-config-store.js';
import type { FileConfigStore } from './file-config-store.js';
import type { ConfigStoreOptions } from './create-config-store.js';

function storeWith(text: string | null, options: ConfigStoreOptions = {}) {
  const folder = scratchFolder();
  const path = join(folder, 'config.json');
  if (text !== null) writeFileSync(path, text);
  const store = createConfigStore({
    path,
    environment: {},
    homeFolder: folder,
    workingFolder: folder,
    platform: 'linux',
    ...options,
  });
  return { store, path, folder, text: () => readFileSync(path, 'utf8') };
}

describe('an API key and its address', () => {
  const held = { ai: { openai_base_url: 'https://one.example/v1', openai_api_key: 'sk-4711' } };
  const storeHolding = (document: object = held) => storeWith(JSON.stringify(document));

  it.each([
    ['saved', (store: FileConfigStore) => store.save({ openaiBaseUrl: 'http://127.0.0.1:9/v1' })],
    ['set by its path', (store: FileConfigStore) => store.set('ai.openai_base_url', 'http://127.0.0.1:9/v1')],
    ['removed', (store: FileConfigStore) => store.unset('ai.openai_base_url')],
  ])('the key goes when another address is %s', async (_, change) => {
    const { store, text } = storeHolding();
    const { settings, warnings } = await change(store);
    expect(settings.openaiApiKey).toBeNull();
    expect(text()).not.toContain('sk-4711');
    expect(warnings?.join()).toContain('ai.openai_api_key was removed');
  });

  it('the key of the active profile goes with the address of that profile', async () => {
    const { store, text } = storeWith(JSON.stringify({ profiles: { work: held } }), {
      environment: { PLIMSOLL_PROFILE: 'work' },
    });
    expect((await store.set('ai.openai_base_url', 'https://two.example')).settings.openaiApiKey).toBeNull();
    expect(text()).not.toContain('sk-4711');
  });

  it.each([
    ['another path of the same server', { openaiBaseUrl: 'https://one.example/v2' }, 'sk-4711'],
    ['a key that is given with the address', { openaiBaseUrl: 'https://two.example', openaiApiKey: 'sk-2' }, 'sk-2'],
    ['another setting', { quantizationBits: 4 }, 'sk-4711'],
  ] as const)('%s leaves a key', async (_, patch, key) => {
    const { settings, warnings } = await storeHolding().store.save(patch);
    expect(settings.openaiApiKey).toBe(key);
    expect(warnings).toEqual([]);
  });

  it('a key that was set first stays for the first address', async () => {
    const { store } = storeHolding({ ai: { openai_api_key: 'sk-4711' } });
    expect((await store.save({ openaiBaseUrl: 'https://one.example' })).settings.openaiApiKey).toBe('sk-4711');
  });
});

describe('loading', () => {
  it('reads the founding file key for key', async () => {
    const { store, path } = storeWith(FOUNDING_CONFIG);
    const { settings, origins, ...rest } = await store.load();
    expect(settings).toMatchObject({
      backend: 'ollama',
      model: 'llama3.1:8b-instruct',
      ollamaHost: 'http://localhost:11434',
      quantizationEnabled: true,
      quantizationBits: 8,
      gpuMemoryLimitBytes: 6144 * 1024 * 1024,
    });
    expect(origins).toMatchObject({ backend: 'file', quantizationBits: 'file', naming: 'default', http: 'default' });
    expect(rest).toEqual({ path, profile: null, warnings: [] });
  });

  it('holds the defaults when there is no file, unless one is required', async () => {
    const { settings } = await storeWith(null).store.load();
    expect(settings).toMatchObject({ backend: 'embedded', quantizationEnabled: true, http: { host: '127.0.0.1' } });
    const required = storeWith(null, { requireFile: true });
    await expect(required.store.load()).rejects.toMatchObject({
      code: 'invalid-config',
      message: /no configuration file/u,
    });
  });

  it('wants the file that PLIMSOLL_CONFIG names to be there', async () => {
    const environment = { PLIMSOLL_CONFIG: '/nowhere/config.json' };
    await expect(storeWith(null, { path: undefined, environment }).store.load()).rejects.toMatchObject({
      code: 'invalid-config',
      message: 'There is no configuration file /nowhere/config.json, which PLIMSOLL_CONFIG names.',
    });
  });

  it.skipIf(process.platform === 'win32')('refuses a pipe and a device at once (needs mkfifo)', async () => {
    const pipe = join(scratchFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero', '/dev/null']) {
      await expect(createConfigStore({ path, environment: {} }).load()).rejects.toMatchObject({
        code: 'invalid-config',
        message: `${path} is a device or a pipe, not a regular file.`,
      });
    }
  });

  it('is bounded in size and depth, and reads BOM, CRLF, doubled and prototype keys as JSON does', async () => {
    const refused = [
      ['['.repeat(100_000), /does not hold a JSON object|is not valid JSON/u],
      [`{"ai": ${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`, /nested more than 64 levels/u],
      [`{"x": "${'y'.repeat(1024 ** 2)}"}`, /allowed: at most 1048576/u],
      ['{"ai": {} // a remark\n}', /is not valid JSON/u],
    ] as const;
    for (const [text, message] of refused) {
      await expect(storeWith(text).store.load()).rejects.toMatchObject({ code: 'invalid-config', message });
    }
    const read =
      '\uFEFF{"__proto__": {"ai": 1}, "constructor": 2,\r\n"ai": {"quantization_bits": 8, "quantization_bits": 4}}';
    const { settings } = await storeWith(read).store.load();
    expect(settings.quantizationBits).toBe(4);
    expect(Object.hasOwn(Object.prototype, 'ai')).toBe(false);
  });

  it('lets flags win over the environment, that over the profile, that over the file, that over defaults', async () => {
    const text = JSON.stringify({
      ai: { quantization_bits: 16, llm_model: 'file', context_tokens: 1, threads: 1 },
      profiles: { development: { ai: { quantization_bits: 8, llm_model: 'profile', context_tokens: 2 } } },
    });
    const { store } = storeWith(text, {
      environment: { PLIMSOLL_PROFILE: 'development', PLIMSOLL_QUANTIZATION_BITS: '4', PLIMSOLL_MODEL: 'environment' },
      flags: { quantizationBits: 16, http: { port: 0 } },
    });
    const { settings, origins, profile } = await store.load();
    expect(profile).toBe('development');
    expect(settings).toMatchObject({ quantizationBits: 16, model: 'environment', contextTokens: 2, threads: 1 });
    expect(settings.http).toEqual({ host: '127.0.0.1', port: 0 });
    expect(origins).toMatchObject({
      quantizationBits: 'flag',
      model: 'environment',
      contextTokens: 'profile',
      threads: 'file',
      naming: 'default',
      http: 'flag',
    });
  });

  it('takes the profile from NODE_ENV when it has that name, and names the profiles when PLIMSOLL_PROFILE is wrong', async () => {
    const text = '{"profiles": {"production": {"ai": {"quantization_bits": 16}}}}';
    const byNodeEnv = await storeWith(text, { environment: { NODE_ENV: 'production' } }).store.load();
    expect([byNodeEnv.profile, byNodeEnv.settings.quantizationBits]).toEqual(['production', 16]);
    expect((await storeWith(text, { environment: { NODE_ENV: 'test' } }).store.load()).profile).toBeNull();
    await expect(storeWith(text, { environment: { PLIMSOLL_PROFILE: 'prod' } }).store.load()).rejects.toMatchObject({
      code: 'invalid-config',
      message: 'PLIMSOLL_PROFILE in the environment is "prod"; allowed: production.',
    });
  });

  it('reads relative paths from the folder of the file, and from the working folder in flags', async () => {
    const { store, folder } = storeWith('{"ai": {"models_folder": "gguf"}, "store": {"file": "~/kept.db"}}');
    const { settings } = await store.load();
    expect([settings.modelsFolder, settings.storeFile]).toEqual([join(folder, 'gguf'), join(folder, 'kept.db')]);
    const flagged = storeWith('{}', { flags: { modelsFolder: 'here' }, workingFolder: '/somewhere' });
    expect((await flagged.store.load()).settings.modelsFolder).toBe('/somewhere/here');
  });

  it('reads levels in any case and overrides of single models', async () => {
    const { store } = storeWith(
      '{"ai": {"quantization_level": "q5_k_m", "model_overrides": {"llama3.1:8b": {"quantization_level": "q6_k", "context_tokens": 4096}}}}',
    );
    const { settings } = await store.load();
    expect(settings.quantizationLevel).toBe('Q5_K_M');
    expect(settings.modelOverrides).toEqual({ 'llama3.1:8b': { level: 'Q6_K', contextTokens: 4096 } });
  });

  it("takes a model's adapters from beside the file, and leaves them as they stand when something else changes", async () => {
    const written = '["a.gguf", {"path": "/b.gguf", "scale": 0.5}]';
    const { store, folder, text } = storeWith(`{"ai": {"model_overrides": {"tale": {"lora_adapters": ${written}}}}}`);
    const { settings } = await store.load();
    const adapters = [
      { path: join(folder, 'a.gguf'), scale: 1 },
      { path: '/b.gguf', scale: 0.5 },
    ];
    expect(settings.modelOverrides).toEqual({ tale: { adapters } });
    await store.save({ modelOverrides: { tale: { adapters, contextTokens: 64 } } });
    const kept = { lora_adapters: JSON.parse(written) as unknown, context_tokens: 64 };
    expect(JSON.parse(text())).toEqual({ ai: { model_overrides: { tale: kept } } });
  });
});

describe('wrong values', () => {
  const wrong: readonly [name: string, text: string, message: RegExp][] = [
    [
      'bits',
      '{"ai":{"quantization_bits":5}}',
      /^ai\.quantization_bits in .*config\.json is 5 \(a number\); allowed: 4, 8 or 16\.$/u,
    ],
    ['bits as text', '{"ai":{"quantization_bits":"8"}}', /is "8" \(a text\); allowed: 4, 8 or 16/u],
    ['a limit of nothing', '{"ai":{"gpu_memory_limit_mb":0}}', /ai\.gpu_memory_limit_mb in .* is 0 /u],
    ['a list as section', '{"ai":[]}', /^ai in .* is \[\] \(a list\); allowed: an object/u],
    ['a host', '{"ai":{"ollama_host":"ftp://x"}}', /ai\.ollama_host in .* is "ftp:\/\/x"/u],
    ['a level', '{"ai":{"quantization_level":"Q9"}}', /ai\.quantization_level in .* allowed: one of F32, F16/u],
    [
      'an override',
      '{"ai":{"model_overrides":{"a.b:c":{"quantization_bits":3}}}}',
      /ai\.model_overrides\.a\.b:c\.quantization_bits in .* is 3 .*allowed: 4, 8 or 16/u,
    ],
    [
      'an override that is no object',
      '{"ai":{"model_overrides":{"m":4}}}',
      /ai\.model_overrides\.m in .* is 4 .*allowed: an object/u,
    ],
    ['profiles', '{"profiles":{"a":1}}', /profiles\.a in .* is 1 /u],
    ['a comment', '{ // no\n}', /is not valid JSON at line 1, column 3/u],
    ['a truncated file', '{"ai": {', /is not valid JSON/u],
    ['no object', '[1]', /does not hold a JSON object/u],
    ['a deep file', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, /more than 64 levels/u],
    ['a huge file', ' '.repeat(1024 * 1024 + 1), /has 1048577 bytes/u],
  ];

  it.each(wrong)('names %s, what it is and what is allowed', async (_name, text, message) => {
    await expect(storeWith(text).store.load()).rejects.toMatchObject({ code: 'invalid-config', message });
  });

  it('names all of them at once', async () => {
    const load = storeWith('{"ai":{"quantization_bits":5,"threads":-1},"http":{"port":70000}}').store.load();
    await expect(load).rejects.toThrow(/quantization_bits[^\n]*\n.*threads[^\n]*\n.*http\.port/su);
  });

  it('names the variable and the flag that are wrong', async () => {
    const environment = { PLIMSOLL_ENABLE_QUANTIZATION: 'perhaps' };
    await expect(storeWith('{}', { environment }).store.load()).rejects.toThrow(
      'PLIMSOLL_ENABLE_QUANTIZATION in the environment is "perhaps" (a text); allowed: true or false.',
    );
    await expect(storeWith('{}', { flags: { memoryMarginFraction: 2 } }).store.load()).rejects.toThrow(
      'memoryMarginFraction in the flags is 2 (a number)',
    );
  });

  it('never shows a key', async () => {
    const error: unknown = await storeWith('{"ai":{"openai_api_key":{"k":"sesame"}}}')
      .store.load()
      .catch((e: unknown) => e);
    expect(String(error)).toContain('ai.openai_api_key');
    expect(String(error)).not.toContain('sesame');
  });

  it('tells a folder and a file that cannot be read apart from a wrong value', async () => {
    const { folder, path } = storeWith(null);
    mkdirSync(path);
    const store = createConfigStore({ path, environment: {}, homeFolder: folder, workingFolder: folder });
    await expect(store.load()).rejects.toMatchObject({ code: 'storage-failed', message: /it is a folder/u });
  });

  it('warns about keys and variables that look misspelt and is silent about foreign ones', async () => {
    const { store } = storeWith(
      '{"htp":{},"photo":{"x":1},"ai":{"quantizationBits":4,"prompt_language":"de","model_overrides":{"m":{"bits":1,"quantization_bit":4}}},"profiles":{"dev":{"ai":{"thread":1}}}}',
      { environment: { PLIMSOLL_QUANTISATION_BITS: '4', PLIMSOLL_SOMETHING_ELSE: '1' } },
    );
    expect((await store.load()).warnings).toEqual([
      'htp is not a known key; did you mean http?',
      'ai.quantizationBits is not a known key; did you mean ai.quantization_bits?',
      'ai.model_overrides.m.quantization_bit is not a known key; did you mean ai.model_overrides.m.quantization_bits?',
      'profiles.dev.ai.thread is not a known key; did you mean profiles.dev.ai.threads?',
      'PLIMSOLL_QUANTISATION_BITS is not a known variable; did you mean PLIMSOLL_QUANTIZATION_BITS?',
    ]);
  });
});

describe('saving', () => {
  it('changes only what is given and keeps unknown keys, order, indentation and numbers as written', async () => {
    const text =
      '{\r\n\t"10": 1,\r\n\t"photo": {"limit": 1.50, "big": 12345678901234567890},\r\n\t"ai": {\r\n\t\t"llm_provider": "ollama",\r\n\t\t"quantization_bits": 8\r\n\t}\r\n}';
    const file = storeWith(text);
    const loaded = await file.store.save({ quantizationBits: 4, qualityThreshold: 0.9 });
    expect(loaded.settings).toMatchObject({ quantizationBits: 4, qualityThreshold: 0.9, backend: 'ollama' });
    expect(file.text()).toBe(
      text.replace('"quantization_bits": 8', '"quantization_bits": 4,\r\n\t\t"quality_threshold": 0.9'),
    );
  });

  it('makes the file and its folders when there is none', async () => {
    const folder = scratchFolder();
    const path = join(folder, 'a', 'b', 'config.json');
    const store = createConfigStore({ path, environment: {}, homeFolder: folder, workingFolder: folder });
    await store.save({ backend: 'ollama', http: { host: '127.0.0.1', port: 8080 } });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ai: { llm_provider: 'ollama' },
      http: { host: '127.0.0.1', port: 8080 },
    });
  });

  it('writes nothing that would not load', async () => {
    const file = storeWith(FOUNDING_CONFIG);
    await expect(file.store.save({ memoryMarginFraction: 7 })).rejects.toMatchObject({ code: 'invalid-config' });
    expect(file.text()).toBe(FOUNDING_CONFIG);
  });

  it('mends a file with several mistakes one by one', async () => {
    const file = storeWith('{"ai":{"quantization_bits":5,"threads":-1}}');
    await expect(file.store.set('ai.quantization_bits', '4')).rejects.toThrow(/^ai\.threads in /u);
    await file.store.unset('ai.threads');
    expect((await file.store.load()).settings.quantizationBits).toBe(4);
  });

  it('changes a key in the active profile when the profile sets it', async () => {
    const file = storeWith('{"ai":{"quantization_bits":8},"profiles":{"dev":{"ai":{"quantization_bits":4}}}}', {
      environment: { PLIMSOLL_PROFILE: 'dev' },
    });
    const { settings } = await file.store.save({ quantizationBits: 16, threads: 2 });
    expect(settings).toMatchObject({ quantizationBits: 16, threads: 2 });
    expect(JSON.parse(file.text())).toEqual({
      ai: { quantization_bits: 8, threads: 2 },
      profiles: { dev: { ai: { quantization_bits: 16 } } },
    });
  });

  it('keeps the override that another program wrote meanwhile for another model', async () => {
    const file = storeWith('{"ai":{"model_overrides":{"a":{"quantization_bits":4,"note":"mine"},"gone":{}}}}');
    const { settings } = await file.store.load();
    const other = createConfigStore({ path: file.path, environment: {}, homeFolder: file.folder });
    await other.set('ai.model_overrides.b:1.5.quantization_bits', '16');
    expect(Object.keys(settings.modelOverrides)).toEqual(['a', 'gone']);
    await file.store.save({ modelOverrides: { a: { level: 'Q6_K' } } });
    expect(JSON.parse(file.text())).toEqual({
      ai: { model_overrides: { a: { note: 'mine', quantization_level: 'Q6_K' }, 'b:1.5': { quantization_bits: 16 } } },
    });
  });

  it('follows a link, keeps the mode, and hides a file that holds a key', async () => {
    const file = storeWith(FOUNDING_CONFIG);
    const link = join(file.folder, 'link.json');
    symlinkSync(file.path, link);
    await nodeFiles.chmod(file.path, 0o640);
    const store = createConfigStore({ path: link, environment: {}, homeFolder: file.folder });
    await store.save({ quantizationBits: 4 });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(file.path).mode & 0o777).toBe(0o640);
    await store.save({ openaiApiKey: 'sesame' });
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(file.text())).toMatchObject({ ai: { quantization_bits: 4, openai_api_key: 'sesame' } });
  });

  const failures: readonly [string, string, RegExp][] = [
    ['a full disk', 'ENOSPC', /the disk is full/u],
    ['no permission', 'EACCES', /permission is denied/u],
    ['a read-only disk', 'EROFS', /read-only/u],
  ];
  it.each(failures)('leaves the old file whole and nothing beside it on %s', async (_name, code, message) => {
    const failing: typeof nodeFiles.open = async (path, flags, mode) => {
      const handle = await nodeFiles.open(path, flags, mode);
      handle.writeFile = async () => Promise.reject(Object.assign(new Error(code), { code }));
      return handle;
    };
    const file = storeWith(FOUNDING_CONFIG, { files: { ...nodeFiles, open: failing } });
    await expect(file.store.save({ quantizationBits: 4 })).rejects.toMatchObject({ code: 'storage-failed', message });
    expect(file.text()).toBe(FOUNDING_CONFIG);
    expect(readdirSync(file.folder)).toEqual(['config.json']);
  });

  it('removes what a killed writer left', async () => {
    const file = storeWith(FOUNDING_CONFIG);
    writeFileSync(join(file.folder, '.config.json.123.tmp'), 'half');
    writeFileSync(`${file.path}.lock`, '999999999 '.concat((await import('node:os')).hostname()));
    await file.store.save({ quantizationBits: 4 });
    expect(readdirSync(file.folder)).toEqual(['config.json']);
  });

  it('loses no key when many stores save at once', async () => {
    const file = storeWith('{}');
    const names = Array.from({ length: 12 }, (_, index) => `model-${index}:1.5b`);
    await Promise.all(
      names.map((name) =>
        createConfigStore({ path: file.path, environment: {}, homeFolder: file.folder }).set(
          `ai.model_overrides.${name}.quantization_bits`,
          '4',
        ),
      ),
    );
    expect(Object.keys((await file.store.load()).settings.modelOverrides).sort()).toEqual([...names].sort());
  });
});

describe('single settings by path', () => {
  it('sets from text, gets with the origin, and unsets', async () => {
    const file = storeWith(FOUNDING_CONFIG);
    await file.store.set('ai.quantization_bits', '4');
    await file.store.set('ai.enable_quantization', 'off');
    await file.store.set('ai.gpu_memory_limit_mb', 'none');
    await file.store.set('ai.llm_model', '8');
    await file.store.set('ai.key_cache_type', 'Q8_0');
    expect(JSON.parse(file.text())).toMatchObject({
      ai: { quantization_bits: 4, enable_quantization: false, gpu_memory_limit_mb: null, llm_model: '8' },
    });
    expect(await file.store.get('ai.key_cache_type')).toMatchObject({ value: 'q8_0', origin: 'file' });
    await file.store.unset('ai.quantization_bits');
    expect(await file.store.get('ai.quantization_bits')).toMatchObject({ value: 8, origin: 'default' });
  });

  it('changes a setting where it takes effect: in the active profile when that sets it', async () => {
    const file = { ai: { quantization_bits: 16 }, profiles: { small: { ai: { quantization_bits: 8 } } } };
    const { store, text } = storeWith(JSON.stringify(file), { environment: { PLIMSOLL_PROFILE: 'small' } });
    expect((await store.set('ai.quantization_bits', '4')).settings.quantizationBits).toBe(4);
    expect(JSON.parse(text())).toEqual({ ...file, profiles: { small: { ai: { quantization_bits: 4 } } } });
    expect(await store.get('ai.quantization_bits')).toMatchObject({ value: 4, origin: 'profile' });
    expect((await store.unset('ai.quantization_bits')).settings.quantizationBits).toBe(16);
    expect((await store.set('ai.threads', '2')).origins.threads).toBe('file');
  });

  it('reaches models with dots in their names, and profiles', async () => {
    const { store } = storeWith('{}');
    await store.set('ai.model_overrides.llama3.1:8b.quantization_level', 'q6_k');
    expect((await store.get('ai.model_overrides.llama3.1:8b.quantization_level')).value).toBe('Q6_K');
    await store.set('profiles.production.ai.quantization_bits', '16');
    expect(await store.get('profiles.production.ai.quantization_bits')).toMatchObject({ value: 16, origin: 'profile' });
    expect((await store.get('ai.quantization_bits')).value).toBe(8);
  });

  it('refuses unknown paths with the one that was meant, and values that are not allowed', async () => {
    const { store } = storeWith('{}');
    await expect(store.set('ai.quantization_bit', '4')).rejects.toMatchObject({
      code: 'invalid-input',
      hint: 'Did you mean ai.quantization_bits?',
    });
    await expect(store.get('quantization_bits')).rejects.toMatchObject({ hint: 'Did you mean ai.quantization_bits?' });
    await expect(store.set('ai.quantization_bits', '5')).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'ai.quantization_bits cannot be "5"; allowed: 4, 8 or 16.',
    });
  });

  it('hides the key in lists', async () => {
    const { store } = storeWith('{"ai":{"openai_api_key":"sesame"}}');
    expect(JSON.stringify(await store.entries())).not.toContain('sesame');
    expect((await store.get('ai.openai_api_key')).value).toBe('(hidden)');
  });
});
