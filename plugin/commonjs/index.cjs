/** `require('fastify-sysmon')`: the ES module, as it is. */
const { default: plugin, sysmonPlugin } = require('../index.js')

exports.default = plugin
exports.sysmonPlugin = sysmonPlugin
Object.defineProperty(exports, '__esModule', { value: true })
