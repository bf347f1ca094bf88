import { defineConfig } from 'vitest/config'

// Four kinds of tests, cheapest first. `rules` and `stories` need Node alone; `database` needs Postgres, and for `embedded` an Asterisk;
// `phones` needs both, and whole services.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'rules',
          // They leave nothing behind; a process for each file would take as long as the tests themselves.
          isolate: false,
          include: [
            'test/*.test.ts',
            'test/{call,duty,ivr,flows,lookup,pop,sound,dialling,queue,agent,recording,softphone,asterisk,switchboard}/**/*.test.ts',
          ],
          exclude: ['test/readme.test.ts'],
        },
      },
      // Two halves of one long run: without a number, vitest leaves a core of a small machine idle.
      {
        test: {
          name: 'stories',
          include: ['test/stories/**/*.test.ts'],
          testTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'database',
          include: ['test/{database,report,http,embedded}/**/*.test.ts'],
          globalSetup: 'test/database/server.ts',
          testTimeout: 60_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'phones',
          include: ['test/phones/**/*.test.ts', 'test/cli/**/*.test.ts', 'test/readme.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
