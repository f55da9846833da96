/** What is mutated, and the tests that may notice it: those of the folder, and those that use it much. */

export interface Target {
  readonly folder: string
  /** Files of tests without their endings, relative to `test/`; `*` stands for any name. */
  readonly tests: readonly string[]
}

export const TARGETS: readonly Target[] = [
  { folder: 'plugin/journal', tests: ['journal/*'] },
  {
    folder: 'plugin/stream',
    tests: [
      'stream/*',
      'journal/stream',
      'routes/sse-*',
      'routes/page',
      'routes/telemetry',
      'devtools/kill-of-page',
      'watch/kill-of-service',
    ],
  },
  {
    folder: 'plugin/events',
    tests: ['events/*', 'stream/*', 'routes/ingest-*', 'plugin/sysmon', 'journal/line'],
  },
  { folder: 'plugin/oom', tests: ['oom/*', 'explain/*', 'fuzz/fuzz'] },
  { folder: 'shim', tests: ['shim/*'] },
]
