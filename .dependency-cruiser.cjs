/** Architecture rules, each with the reason it exists. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means two files are one concept, or a concept has no home.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain runs anywhere, a browser included: it imports nothing but itself.',
      severity: 'error',
      from: { path: '^packages/domain/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/domain/src' },
    },
    {
      name: 'application-knows-only-the-domain',
      comment: 'Use cases speak to ports; a vendor named here could not be swapped.',
      severity: 'error',
      from: { path: '^packages/application/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/(application|domain)/src' },
    },
    {
      name: 'contract-knows-no-adapter',
      comment: 'Public documents are made from what use cases give, and are read in browsers too.',
      severity: 'error',
      from: { path: '^packages/contract/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/(contract|application|domain)/src|node_modules/zod/' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      comment:
        'A backend can be added or removed without touching another. ' +
        "A llama-server that we start is spoken to as any server of OpenAI's API.",
      severity: 'error',
      from: {
        path: '^packages/(adapter-[^/]+)/src',
        pathNot: '\\.test\\.ts$|^packages/adapter-llama-server/src/backend\\.ts$',
      },
      to: {
        path: '^packages/(adapter-[^/]+|application|sdk|testing)/',
        pathNot: '^packages/$1/|^packages/adapter-gguf/src/index\\.ts$',
      },
    },
    {
      name: 'only-the-hub-reads-gguf',
      comment: 'Other adapters are given a ModelInspector: the format is a matter of one adapter.',
      severity: 'error',
      from: { path: '^packages/adapter-(?!hub|gguf)[^/]+/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/adapter-gguf/' },
    },
    {
      name: 'inversify-stays-at-the-rim',
      comment: 'Classes are plain; only di, ./inversify entries and the composition know the container.',
      severity: 'error',
      from: {
        path: '^(packages|apps)/',
        pathNot: '^packages/(di|composition)/src|/examples/|/src/inversify\\.ts$|\\.test\\.ts$',
      },
      to: { path: 'node_modules/(inversify|reflect-metadata)/' },
    },
    {
      name: 'packages-do-not-import-apps',
      comment: 'Apps compose packages, never the other way round.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-enter-by-the-front-door',
      comment: 'An app may start another, but not reach into its insides.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/([^/]+)/src/', pathNot: '^apps/$1/|^apps/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'no-test-code-in-products',
      comment: 'Fakes and contract suites are for tests.',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src', pathNot: '\\.test\\.ts$|^packages/testing/' },
      to: { path: '^packages/testing/|\\.test\\.ts$|node_modules/(vitest|fast-check)/' },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that does not resolve escapes every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@plimsoll/source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
