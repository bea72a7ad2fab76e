// Where tests live, how long they may take, and how much of the agent they must reach.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'node',
    projects: [
      {
        extends: true,
        // They start nothing and share a process: loading the program for each file took a third of their time.
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          isolate: false,
          setupFiles: ['tests/harness/as-new.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['tests/{contracts,scenarios}/**/*.test.ts', 'tests/simulator/tests/**/*.test.ts'],
        },
      },
    ],
    // Some files start agents and servers of their own, and wait for them: one more than the two cores of the smallest machine keeps those
    // busy, and many more would measure each other instead of the code.
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['agent/**/*.ts', 'alertmanager/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90 },
    },
  },
})
