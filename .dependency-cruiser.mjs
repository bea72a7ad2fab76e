// The floors of the house as rules: an import never climbs, never goes round, and a few libraries have one door each.

/** From the ground up; an import goes sideways or down. `context.ts` and what starts it know everybody. */
const floors = [
  {
    name: 'ground',
    path: '^agent/(events|words|http|tls|late|iso|retry-after|bounded-text)[.]ts$|^agent/(config|telemetry|events)/',
  },
  { name: 'stores', path: '^agent/(store|history)/' },
  { name: 'rooms', path: '^agent/(session|pairing|health|routing|outbox|webhooks|notifications)/' },
  { name: 'fleet', path: '^agent/fleet/' },
  { name: 'faces', path: '^agent/(analytics|admin|cli)/' },
  { name: 'roof', path: '^agent/(context|agent|run|main)[.]ts$|^agent/context/' },
]
const anyFloor = floors.map(({ path }) => path).join('|')

const climbing = floors.slice(0, -1).map(({ name, path }, index) => ({
  name: `no-climbing-from-${name}`,
  comment: `What is on floor ${index} (${name}) must not know what stands on it.`,
  severity: 'error',
  from: { path },
  to: {
    path: floors
      .slice(index + 1)
      .map((floor) => floor.path)
      .join('|'),
  },
}))

/** What the pager may take of the agent. */
const pagerGround =
  '^agent/(events|words|http|late|iso|retry-after|bounded-text)[.]ts$|^agent/(config|telemetry|events)/|^agent/store/(sql|open|migrations)[.]ts$|^agent/cli/io[.]ts$'

/** Only files under `door` may import what `to` describes. */
const door = (name, path, to) => ({
  name,
  comment: `Only ${path} may import this.`,
  severity: 'error',
  from: { path: '^agent/', pathNot: path },
  to,
})

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or a third one is missing.',
      severity: 'error',
      from: { path: '^agent/' },
      to: { circular: true },
    },
    {
      name: 'no-cycles-at-run-time',
      comment: 'Outside the agent a type may point back; what is left at run time may not.',
      severity: 'error',
      from: { pathNot: '^agent/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...climbing,
    {
      name: 'no-file-without-a-floor',
      comment: 'A new folder under agent/ gets a floor in .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: '^agent/', pathNot: anyFloor },
      to: {},
    },
    {
      name: 'no-import-of-a-file-without-a-floor',
      comment: 'A new folder under agent/ gets a floor in .dependency-cruiser.mjs.',
      severity: 'error',
      from: {},
      to: { path: '^agent/', pathNot: anyFloor },
    },
    {
      name: 'the-pager-stands-on-the-ground',
      comment:
        'The pager is a process of its own that pages about a dead agent: of the agent it takes what carries both (configuration, telemetry, HTTP, the SQL port and SQLite), and the terminal of a command.',
      severity: 'error',
      from: { path: '^alertmanager/' },
      to: { path: '^agent/', pathNot: pagerGround },
    },
    {
      name: 'no-pager-in-the-agent',
      comment: 'The agent runs without the pager and speaks with it over HTTP.',
      severity: 'error',
      from: { path: '^agent/' },
      to: { path: '^alertmanager/' },
    },
    {
      name: 'no-tests-in-the-agent',
      comment: 'The image has no tests/ and no scripts/.',
      severity: 'error',
      from: { path: '^(agent|alertmanager/pager)/' },
      to: { path: '^(tests|scripts)/' },
    },
    {
      name: 'no-development-packages-in-the-agent',
      comment: 'The image is installed without devDependencies.',
      severity: 'error',
      from: { path: '^(agent|alertmanager/pager)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    door('baileys-behind-its-adapter', '^agent/session/', { path: '(^|/)@whiskeysockets/baileys' }),
    door('sqlite-behind-its-driver', '^agent/store/', { path: '^(node:)?sqlite$' }),
    door('influx-behind-its-driver', '^agent/history/', { path: '(^|/)influx(/|$)', pathNot: '^agent/' }),
    door('postgres-behind-its-driver', '^agent/store/', { path: '(^|/)pg(/|$)' }),
    {
      name: 'no-unresolvable-import',
      comment: 'The file or package does not exist, or is not in package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // An import of a type is knowledge too, although nothing of it is left at run time.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
