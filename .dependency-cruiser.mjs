/**
 * Who may import whom: the table of docs/architecture.md, enforced. Tests beside their file may import everything.
 * `npm run imports` also fails when it saw no module, so that a broken parser cannot pass for a clean tree.
 */
const rooms =
  'schemas|domain|platform|store|analytics|connectors|activities|workflows|graphql|api|console|cli|runtime|test|bench|docs';
const tests = '\\.test\\.tsx?$';

/** `from` may import its own room and `allowed`, nothing else of ours. */
const only = (name, from, allowed, notFrom = []) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: [tests, ...notFrom] },
  to: { path: `^(${rooms})/`, pathNot: allowed },
});

const domainAreas = ['identity', 'consent', 'privacy', 'metrics', 'access'];

const config = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('schemas-import-nothing', '^schemas/', ['^schemas/']),
    only('domain-is-pure', '^domain/', ['^domain/', '^schemas/']),
    ...domainAreas.map((area) =>
      only(`domain-${area}-knows-no-sibling`, `^domain/${area}/`, [`^domain/${area}/`, '^domain/record/', '^schemas/']),
    ),
    only('domain-record-stands-alone', '^domain/record/', ['^domain/record/', '^schemas/']),
    {
      name: 'domain-does-no-io',
      severity: 'error',
      from: { path: '^domain/', pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    only('platform', '^platform/', ['^platform/', '^domain/', '^schemas/']),
    only('store', '^store/', ['^store/', '^domain/', '^platform/', '^schemas/']),
    {
      name: 'store-read-never-write',
      severity: 'error',
      from: { path: '^store/read/', pathNot: tests },
      to: { path: '^store/write/' },
    },
    only('analytics', '^analytics/', ['^analytics/', '^domain/', '^platform/', '^schemas/']),
    only('connectors-know-nothing-of-the-store', '^connectors/', ['^connectors/', '^domain/', '^platform/', '^schemas/']),
    {
      name: 'connectors-are-given-their-secrets',
      severity: 'error',
      from: { path: '^connectors/', pathNot: tests },
      to: { path: '^platform/(secrets|settings|config-file|keys)\\.ts$' },
    },
    {
      name: 'a-connector-imports-the-kit-only',
      severity: 'error',
      from: { path: '^connectors/(?!kit/)([^/]+)/', pathNot: tests },
      to: { path: '^connectors/', pathNot: ['^connectors/kit/', '^connectors/$1/'] },
    },
    only('kit-knows-no-connector', '^connectors/kit/', ['^connectors/kit/', '^domain/', '^platform/', '^schemas/']),
    only('activities', '^activities/', [
      '^activities/',
      '^domain/',
      '^store/',
      '^analytics/',
      '^connectors/',
      '^platform/',
      '^schemas/',
    ]),
    only('workflows', '^workflows/', ['^workflows/', '^domain/', '^activities/', '^schemas/']),
    {
      name: 'workflows-take-only-types',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: { path: '^(domain|activities|schemas)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-are-deterministic',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'workflows-import-two-packages',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: { path: 'node_modules', pathNot: 'node_modules/@temporalio/(workflow|common)/' },
    },
    { name: 'messages-import-nothing', severity: 'error', from: { path: '^workflows/messages\\.ts$' }, to: {} },
    only('graphql-only-reads', '^graphql/', [
      '^graphql/',
      '^store/read/',
      '^store/access-log\\.ts$',
      '^store/database\\.ts$',
      '^analytics/',
      '^domain/',
      '^platform/',
      '^schemas/',
    ]),
    only('api', '^api/', [
      '^api/',
      '^store/',
      '^domain/',
      '^platform/',
      '^schemas/',
      '^analytics/catalog\\.ts$',
      '^workflows/messages\\.ts$',
    ]),
    only('console', '^console/', ['^console/', '^platform/', '^domain/access/', '^schemas/']),
    only(
      'cli',
      '^cli/',
      ['^cli/', '^platform/', '^domain/(access/|record/(error|closest))', '^schemas/', '^runtime/'],
      ['^cli/resolve/'],
    ),
    // `ficha resolve` works offline: there is no server that could ask the engine for it
    only('cli-resolves-offline', '^cli/resolve/', ['^cli/', '^platform/', '^domain/(identity|record)/', '^schemas/']),
    only('bench-is-a-leaf', '^bench/', [`^(${rooms})/`]),
    {
      name: 'nobody-imports-the-top',
      severity: 'error',
      from: { path: `^(${rooms})/`, pathNot: [tests, '^(runtime|cli|test|bench)/'] },
      to: { path: '^(runtime|test|bench)/' },
    },
    {
      name: 'only-the-sample-uses-twins',
      severity: 'error',
      from: { path: '^(runtime|cli)/', pathNot: [tests, '^runtime/sample\\.ts$'] },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist|\\.ficha)/' },
  },
};

// dependency-cruiser reads the default export of its configuration file
export default config;
