import { defineConfig } from 'vitest/config'

// Five kinds of tests, cheapest first. `rules` and `stories` need Node alone; `database` needs Postgres, and for `embedded` an Asterisk;
// `phones` and `alone` need both, and whole services. Their calls mostly wait, so two files run at a time, each at ports of its own
// (test/ports.ts), but for those that must be alone. A number of workers is said throughout: without one, vitest leaves a core of a
// small machine idle. `groupOrder` keeps one kind from running beside another.

/** What loads this machine, or measures how well calls are served meanwhile. */
const ALONE = [
  'test/phones/agentsDay.test.ts',
  'test/phones/keys.test.ts',
  'test/phones/serviceDiesAnytime.test.ts',
  'test/phones/sippCaller.test.ts',
  'test/phones/storm.test.ts',
  'test/cli/demo.test.ts',
  'test/readme.test.ts',
]

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'rules',
          // They leave nothing behind; a process for each file would take as long as the tests themselves.
          isolate: false,
          testTimeout: 20_000,
          maxWorkers: 2,
          include: [
            'test/*.test.ts',
            'test/{call,events,webhooks,duty,ivr,flows,lookup,pop,sound,dialling,queue,agent,recording,softphone,asterisk,switchboard,live}/**/*.test.ts',
          ],
          exclude: ['test/readme.test.ts'],
        },
      },
      // Two halves of one long run.
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
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'phones',
          include: ['test/phones/**/*.test.ts', 'test/cli/**/*.test.ts', 'test/readme.test.ts'],
          exclude: ALONE,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'alone',
          include: ALONE,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
