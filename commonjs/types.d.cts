/** The types of `fastify-sysmon/types` in CommonJS. */

export type * from '../dist/plugin/types.js' with { 'resolution-mode': 'import' }
