/** The types of `require('fastify-sysmon')`: those of the ES module. */

import type * as sysmon from '../dist/plugin/index.js' with { 'resolution-mode': 'import' }

export type * from '../dist/plugin/index.js' with { 'resolution-mode': 'import' }

export declare const sysmonPlugin: typeof sysmon.sysmonPlugin
export default sysmonPlugin
