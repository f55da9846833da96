/** The types of `fastify-sysmon/types` in CommonJS. */

export type * from '../types.js' with { 'resolution-mode': 'import' }
