/** The types of `require('fastify-sysmon')`: those of the ES module. */

import type * as sysmon from '../index.js' with { 'resolution-mode': 'import' }

export type * from '../index.js' with { 'resolution-mode': 'import' }

export declare const sysmonPlugin: typeof sysmon.sysmonPlugin
export default sysmonPlugin
