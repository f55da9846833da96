/** `require('fastify-sysmon/types')`: types only. */
module.exports = {}
