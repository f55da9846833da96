/** `require('fastify-sysmon')`: the ES module, as it is. From dist/plugin/commonjs/, where the build puts it. */
const { default: plugin, sysmonPlugin } = require('../../bundle/index.js')

exports.default = plugin
exports.sysmonPlugin = sysmonPlugin
Object.defineProperty(exports, '__esModule', { value: true })
