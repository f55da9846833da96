// Makes few files of the many that tsc wrote, because Node's loader takes most of the time of a start:
// dist/bundle/index.js for hosts, and dist/plugin/cli/sysmon.js, the command, with its parts in
// dist/bundle/cli/.
//
// The command requires its packages where a host imports them: all are CommonJS, and to import such a
// module Node reads all of it first to find the names that it exports, 60 ms of processor time in all.
// Hosts keep the imports, which their own bundlers understand. The command has no source maps: its code is
// readable as it is, and they would be a quarter of the package.

import { chmod, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Static imports of packages as `require`; what is loaded when it is needed stays as it is. */
const requirePackages = {
  name: 'require-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z@]/ }, ({ path, kind, namespace }) => {
      if (path.startsWith('node:')) return undefined
      const isStatic = kind === 'import-statement' && namespace === 'file'
      return isStatic ? { path, namespace: 'package' } : { path, external: true }
    })
    onLoad({ filter: /.*/, namespace: 'package' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
}

await rm(`${root}dist/bundle`, { recursive: true, force: true })
await build({
  ...common,
  entryPoints: { 'bundle/index': 'dist/plugin/index.js' },
  chunkNames: 'bundle/[name]-[hash]',
  packages: 'external',
  sourcemap: true,
})
await build({
  ...common,
  entryPoints: { 'plugin/cli/sysmon': 'dist/plugin/cli/sysmon.js' },
  chunkNames: 'bundle/cli/[name]-[hash]',
  plugins: [requirePackages],
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
})
await chmod(`${root}dist/plugin/cli/sysmon.js`, 0o755)
